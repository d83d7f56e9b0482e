import { describe, expect, it } from 'vitest'
import { InputQueue } from './input-queue.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (data: Uint8Array) => new TextDecoder().decode(data)
const queue = (maxMessage = 4, maxBytes = 1000) => new InputQueue({ maxMessage, maxBytes })

describe('InputQueue', () => {
  it('sends what was typed in order, numbered from 0', () => {
    const q = queue()
    q.push(bytes('a'))
    expect(q.take()).toEqual({ seq: 0, data: bytes('a') })
    q.push(bytes('b'))
    expect(q.take()).toEqual({ seq: 1, data: bytes('b') })
    expect(q.take()).toBeUndefined()
  })

  it('splits a paste at the largest message and loses no byte', () => {
    const q = queue()
    q.push(bytes('abcdefghij'))
    const parts: string[] = []
    for (let message = q.take(); message; message = q.take()) {
      parts.push(text(message.data))
      q.acknowledge(message.seq)
    }
    expect(parts).toEqual(['abcd', 'efgh', 'ij'])
    expect(q.bytes).toBe(0)
  })

  it('has no more than one message of full size under way', () => {
    const q = queue()
    q.push(bytes('abcdefgh'))
    expect(q.take()?.seq).toBe(0)
    expect(q.take()).toBeUndefined()
    q.acknowledge(0)
    expect(q.take()?.seq).toBe(1)
  })

  it('lets several keys be under way at once', () => {
    const q = queue()
    for (const key of 'abcd') {
      q.push(bytes(key))
      expect(q.take()).toBeDefined()
    }
    q.push(bytes('e'))
    expect(q.take()).toBeUndefined()
  })

  it('joins keys that wait into one message', () => {
    const q = queue()
    for (const key of 'abc') q.push(bytes(key))
    expect(q.take()).toEqual({ seq: 0, data: bytes('abc') })
  })

  it('sends again with the same numbers and the same bytes', () => {
    const q = queue()
    q.push(bytes('a'))
    q.push(bytes('b'))
    const first = q.take()
    q.rewind()
    q.push(bytes('c'))
    expect(q.take()).toEqual(first)
    expect(q.take()).toEqual({ seq: 1, data: bytes('c') })
  })

  it('keeps the order when it is rewound twice', () => {
    const q = queue()
    for (const key of 'abc') {
      q.push(bytes(key))
      q.take()
    }
    q.rewind()
    q.take()
    q.rewind()
    expect([q.take()?.seq, q.take()?.seq, q.take()?.seq]).toEqual([0, 1, 2])
  })

  it('does not send again what has arrived', () => {
    const q = queue()
    for (const key of 'ab') {
      q.push(bytes(key))
      q.take()
    }
    q.acknowledge(0)
    q.rewind()
    expect(q.take()?.seq).toBe(1)
    expect(q.take()).toBeUndefined()
  })

  it('takes all of a paste or none of it', () => {
    const q = queue(4, 6)
    expect(q.push(bytes('abcd'))).toBe(true)
    expect(q.push(bytes('efg'))).toBe(false)
    expect(q.bytes).toBe(4)
    expect(q.push(bytes('ef'))).toBe(true)
  })

  it('forgets everything when there is no shell', () => {
    const q = queue()
    q.push(bytes('abcdefgh'))
    q.take()
    q.clear()
    q.rewind()
    expect(q.take()).toBeUndefined()
    expect(q.bytes).toBe(0)
  })
})
