import { expect, test } from 'vitest'
import { MAX_BYTES, MAX_CHECKPOINTS, makeRoom } from './checkpoint-room.ts'

const one = (id: number, kind: 'task' | 'hand' | 'submitted', bytes = 1) => ({ id: `c${id}`, kind, bytes })
const many = (kind: 'task' | 'hand', bytes = 1) =>
  Array.from({ length: MAX_CHECKPOINTS }, (_, i) => one(i, kind, bytes))

test('below both bounds nothing has to go', () => {
  expect(makeRoom([], MAX_BYTES)).toEqual([])
  expect(makeRoom(many('task').slice(1), 1)).toEqual([])
})

test('at the number the oldest automatic one goes, never one taken by hand', () => {
  expect(makeRoom(many('task'), 1)).toEqual(['c0'])
  expect(makeRoom([one(98, 'hand'), one(99, 'hand'), ...many('task').slice(2)], 1)).toEqual(['c2'])
  expect(makeRoom(many('hand'), 1)).toBeUndefined()
})

test('at the bytes as many go as must, and none when that does not suffice', () => {
  const quarter = MAX_BYTES / 4
  const four = [1, 2, 3, 4].map((id) => one(id, 'task', quarter))
  expect(makeRoom(four, quarter)).toEqual(['c1'])
  expect(makeRoom(four, 2 * quarter)).toEqual(['c1', 'c2'])
  expect(makeRoom([one(0, 'hand', 3 * quarter), one(1, 'task', 1)], quarter + 1)).toBeUndefined()
  expect(makeRoom([], MAX_BYTES + 1)).toBeUndefined()
})

test('one kept with a submission does not count', () => {
  expect(makeRoom([one(1, 'submitted', MAX_BYTES)], 1)).toEqual([])
})
