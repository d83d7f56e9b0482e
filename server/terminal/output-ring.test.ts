import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { OutputRing } from './output-ring.ts'

test('holds the last bytes under their absolute offsets', () => {
  const ring = new OutputRing(8)
  ring.append(Buffer.from('abcde'))
  expect([ring.oldest, ring.head]).toEqual([0, 5])
  ring.append(Buffer.from('fghij'))
  expect([ring.oldest, ring.head]).toEqual([2, 10])
  expect(ring.read(2, 100).toString()).toBe('cdefghij')
  expect(ring.read(4, 3).toString()).toBe('efg')
  expect(ring.read(10, 5)).toHaveLength(0)
})

test('a piece larger than the ring leaves its end', () => {
  const ring = new OutputRing(4)
  ring.append(Buffer.from('abcdefghij'))
  expect([ring.oldest, ring.head]).toEqual([6, 10])
  expect(ring.read(6, 4).toString()).toBe('ghij')
})

test('gives back what went in, whatever the sizes of the pieces', () => {
  const all = randomBytes(10_000)
  const ring = new OutputRing(512)
  for (let at = 0, size = 1; at < all.length; at += size, size = (size * 7 + 3) % 600) {
    ring.append(all.subarray(at, at + size))
    const head = Math.min(all.length, at + size)
    expect(ring.head).toBe(head)
    expect(ring.read(ring.oldest, 512).equals(all.subarray(ring.oldest, head))).toBe(true)
  }
})

test('what was read stays as it was when the ring goes on', () => {
  const ring = new OutputRing(4)
  ring.append(Buffer.from('abcd'))
  const read = ring.read(0, 4)
  ring.append(Buffer.from('wxyz'))
  expect(read.toString()).toBe('abcd')
})

test('a replay begins neither inside an escape sequence nor inside a character', () => {
  const ring = new OutputRing(10)
  ring.append(Buffer.from('0123\x1b[38;5;208mred'))
  expect(ring.replayStart()).toBe(15)
  expect(ring.read(ring.replayStart(), 16).toString()).toBe('red')

  const wide = new OutputRing(7)
  wide.append(Buffer.from('a€€€'))
  expect(wide.oldest).toBe(3)
  expect(wide.read(wide.replayStart(), 16).toString()).toBe('€€')
})

test('a ring that never lost anything is replayed from the start', () => {
  const ring = new OutputRing(16)
  ring.append(Buffer.from('\x1b[1mbold'))
  expect(ring.replayStart()).toBe(0)
})

test('a ring inside one endless sequence has nothing to replay', () => {
  const ring = new OutputRing(8)
  ring.append(Buffer.from('\x1b]0;an endless title'))
  expect(ring.replayStart()).toBe(ring.head)
})
