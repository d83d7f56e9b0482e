import { expect, test } from 'vitest'
import { BrokenCount } from './broken-count.ts'

const task = (status: 'passed' | 'not-yet' | 'broken', code: string) => ({ status, code })

test('counts what could not be judged by its code, and nothing else', () => {
  const count = new BrokenCount()
  expect(count.told()).toEqual({ tasks: 0, byCode: {} })
  count.add([task('broken', 'timeout'), task('passed', 'passed'), task('not-yet', 'event-missing')])
  count.add([task('broken', 'journal-gap'), task('broken', 'timeout')])
  expect(count.told()).toEqual({ tasks: 3, byCode: { timeout: 2, 'journal-gap': 1 } })
})

test('tells a bounded number of codes apart, and repeats no text that is none', () => {
  const count = new BrokenCount()
  count.add([task('broken', 'Ann said so'), task('broken', 'x'.repeat(300)), task('broken', '__proto__')])
  expect(count.told()).toEqual({ tasks: 3, byCode: { other: 3 } })
  for (let n = 0; n < 1_000; n += 1) count.add([task('broken', `code-${n}`)])
  const { tasks, byCode } = count.told()
  expect(tasks).toBe(1_003)
  expect(Object.keys(byCode).length).toBeLessThanOrEqual(51)
  expect(Object.values(byCode).reduce((sum, each) => sum + each)).toBe(1_003)
})
