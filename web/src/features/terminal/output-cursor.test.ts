import { describe, expect, it } from 'vitest'
import { OutputCursor } from './output-cursor.ts'

const data = (length: number, from = 0) => Uint8Array.from({ length }, (_, at) => (from + at) % 256)

describe('OutputCursor', () => {
  it('takes output that follows what it has', () => {
    const cursor = new OutputCursor(100)
    cursor.attached(0, 0)
    expect(cursor.take(0, data(3))).toEqual([{ data: data(3), end: 3, replay: false }])
    expect(cursor.take(3, data(2, 3))).toEqual([{ data: data(2, 3), end: 5, replay: false }])
    expect(cursor.received).toBe(5)
  })

  it('drops what it has already', () => {
    const cursor = new OutputCursor(100)
    cursor.attached(0, 0)
    cursor.take(0, data(10))
    expect(cursor.take(4, data(6, 4))).toEqual([])
    expect(cursor.take(8, data(4, 8))).toEqual([{ data: data(2, 10), end: 12, replay: false }])
  })

  it('says that bytes are missing and stays where it is', () => {
    const cursor = new OutputCursor(100)
    cursor.attached(0, 0)
    cursor.take(0, data(3))
    expect(cursor.take(5, data(2))).toBeUndefined()
    expect(cursor.received).toBe(3)
  })

  it('splits a message where the replay ends', () => {
    const cursor = new OutputCursor(100)
    cursor.attached(0, 4)
    expect(cursor.take(0, data(6))).toEqual([
      { data: data(4), end: 4, replay: true },
      { data: data(2, 4), end: 6, replay: false },
    ])
  })

  it('counts what the server no longer had', () => {
    const cursor = new OutputCursor(100)
    cursor.attached(0, 0)
    cursor.take(0, data(3))
    expect(cursor.attached(10, 12)).toBe(7)
    expect(cursor.received).toBe(10)
    expect(cursor.attached(10, 12)).toBe(0)
  })

  it('acknowledges what is drawn, at least every so many bytes', () => {
    const cursor = new OutputCursor(10)
    cursor.attached(0, 0)
    expect(cursor.drawn(9)).toBeUndefined()
    expect(cursor.drawn(11)).toBe(11)
    expect(cursor.drawn(20)).toBeUndefined()
    expect(cursor.drawn(21)).toBe(21)
  })

  it('counts acknowledgements anew from where it is attached again', () => {
    const cursor = new OutputCursor(10)
    cursor.attached(0, 0)
    cursor.take(0, data(30))
    cursor.drawn(30)
    cursor.attached(30, 30)
    expect(cursor.drawn(25)).toBeUndefined()
    expect(cursor.drawn(39)).toBeUndefined()
    expect(cursor.drawn(40)).toBe(40)
  })
})
