import { expect, test } from 'vitest'
import { InputLog } from './input-log.ts'

test('a message sent again is taken once', () => {
  const log = new InputLog()
  expect([0, 1, 1, 0, 2].map((seq) => log.take('a', seq))).toEqual([true, true, false, false, true])
})

test('writers count for themselves', () => {
  const log = new InputLog()
  expect(log.take('a', 5)).toBe(true)
  expect(log.take('b', 0)).toBe(true)
  expect(log.take('a', 5)).toBe(false)
})

test('only the latest writers are remembered', () => {
  const log = new InputLog()
  for (let i = 0; i < 64; i += 1) log.take(`w${i}`, 0)
  expect(log.take('w0', 0)).toBe(false)
  log.take('one more', 0)
  expect(log.take('w0', 0)).toBe(false)
  expect(log.take('w1', 0)).toBe(true)
})
