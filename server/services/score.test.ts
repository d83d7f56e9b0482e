import { expect, test } from 'vitest'
import type { LabTask } from '../../labs/lab-schema.ts'
import type { HintRecord } from '../store/store.ts'
import { score } from './score.ts'

const lab = (hint_cost: number, ...weights: number[]) => ({
  hint_cost,
  tasks: weights.map((weight, n) => ({ id: `t${n + 1}`, weight }) as LabTask),
})
const result = (task: string, passed: boolean) => ({
  task,
  passed,
  code: passed ? 'passed' : 'no',
  cleanRoom: false,
})
const hints = (task: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ task, index }) as HintRecord)

test('points are those of the weights of what is passed', () => {
  const grade = score(
    lab(0, 3, 1, 0),
    [result('t1', true), result('t2', false), result('t3', true)],
    hints('t1', 9),
  )
  expect(grade).toMatchObject({ points: 3, of: 4 })
  expect(grade.tasks[1]).toEqual({
    task: 't2',
    passed: false,
    code: 'no',
    points: 0,
    of: 1,
    hints: 0,
    cleanRoom: false,
  })
})

test('a hint costs its share of its own task, never more than all of it', () => {
  const both = [result('t1', true), result('t2', true)]
  expect(score(lab(0.1, 1, 1), both, hints('t1', 3))).toMatchObject({ points: 1.7, of: 2 })
  expect(score(lab(0.4, 1, 1), both, hints('t2', 5))).toMatchObject({ points: 1, of: 2 })
  expect(score(lab(1, 7), [result('t1', false)], hints('t1', 1))).toMatchObject({ points: 0, of: 7 })
})

test('sums of hundredths are exact, and a task that nobody judged is not passed', () => {
  const many = lab(0.1, ...Array.from({ length: 12 }, () => 1))
  const all = many.tasks.map(({ id }) => result(id, true))
  const taken = many.tasks.flatMap(({ id }) => hints(id, 1))
  expect(score(many, all, taken).points).toBe(10.8)
  expect(score(lab(0, 2), [], []).tasks[0]).toMatchObject({
    passed: false,
    code: 'unchecked',
    points: 0,
    of: 2,
  })
})
