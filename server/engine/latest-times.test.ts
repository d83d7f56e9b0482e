import { expect, test } from 'vitest'
import { LatestTimes } from './latest-times.ts'

test('tells the last row that is dated after a time, once', () => {
  const times = new LatestTimes()
  for (const [seq, time] of [
    [1, '10'],
    [2, '90'],
    [3, '20'],
    [4, '70'],
    [5, '30'],
  ] as const)
    times.add(seq, time)
  expect(times.takeAfter('100')).toBeUndefined()
  expect(times.takeAfter('30')).toBe(4)
  expect(times.takeAfter('30')).toBeUndefined()
  expect(times.takeAfter('20')).toBe(5)
})

test('is bounded, and then takes rather more for doubtful than less', () => {
  const times = new LatestTimes()
  for (let n = 0; n < 5_000; n += 1) times.add(n, String(100_000 - n))
  expect(times.takeAfter('99000')).toBe(4_999)
})
