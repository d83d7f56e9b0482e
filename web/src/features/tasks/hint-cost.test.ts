import { expect, test } from 'vitest'
import { costOf, costOfNext } from './hint-cost.ts'

test('hints never take more than a task gives', () => {
  expect([0, 1, 2, 3].map((taken) => costOf(taken, 0.4))).toEqual([0, 0.4, 0.8, 1])
  expect([0, 1, 2, 3].map((taken) => Math.round(costOfNext(taken, 0.4) * 100))).toEqual([40, 40, 20, 0])
  expect(costOfNext(0, 0)).toBe(0)
})
