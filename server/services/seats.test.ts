import { expect, test } from 'vitest'
import { DISK_RESERVE_BYTES, MEMORY_RESERVE_BYTES, STARTING_BYTES, usualSize } from '../sandbox/limits.ts'
import type { SessionRecord } from '../store/store.ts'
import { Seats } from './seats.ts'

const large = { ...usualSize, memoryBytes: 4 * usualSize.memoryBytes }
const seats = (memoryBytes: number, diskBytes = DISK_RESERVE_BYTES, open: SessionRecord[] = []) =>
  new Seats({
    store: { openSessions: async () => open },
    driver: { room: async () => ({ cores: 2, memoryBytes, diskBytes }) },
    most: 0,
  })

test('a seat needs all that its sandbox may take, beside the host and what those before it have yet to take', async () => {
  const one = MEMORY_RESERVE_BYTES + usualSize.memoryBytes + STARTING_BYTES
  expect(await seats(one).hasRoom([], usualSize)).toBe(true)
  expect(await seats(one - 1).hasRoom([], usualSize)).toBe(false)
  expect(await seats(one).hasRoom([], large)).toBe(false)
  const beside = MEMORY_RESERVE_BYTES + large.memoryBytes + (4 + 4 + 1) * STARTING_BYTES
  expect(await seats(beside).hasRoom([usualSize, large], large)).toBe(true)
  expect(await seats(beside - 1).hasRoom([usualSize, large], large)).toBe(false)
})

test('one that is there already takes no memory more', async () => {
  expect(await seats(0).hasRoom([usualSize], usualSize, 2)).toBe(true)
  expect(await seats(0).hasRoom([usualSize, usualSize], usualSize, 2)).toBe(false)
})

test('on a full disk one waits for somebody to end, and is told at once when there is nobody', async () => {
  const ready = { state: 'ready', engineReady: true } as SessionRecord
  const memory = 100 * MEMORY_RESERVE_BYTES
  expect(await seats(memory, DISK_RESERVE_BYTES, [ready]).hasRoom([], usualSize)).toBe(true)
  expect(await seats(memory, DISK_RESERVE_BYTES - 1, [ready]).hasRoom([], usualSize)).toBe(false)
  expect(await seats(memory, DISK_RESERVE_BYTES - 1).hasRoom([], usualSize)).toBe(true)
})
