import { expect, test } from 'vitest'
import type { Lab, Solution } from '../../labs/lab-schema.ts'
import { type GradedTask, prove } from './lab-proof.ts'

const lab = { slug: 'harbour', tasks: [{ id: 'dig' }, { id: 'fill' }] } as Lab
const good: Solution = { kind: 'good', name: 'plain', script: '', passes: ['dig', 'fill'], teaches: '' }
const bad: Solution = {
  kind: 'bad',
  name: 'bucket',
  script: '',
  passes: [],
  fails: { task: 'dig', code: 'too-slow' },
  teaches: 'x',
}
const graded = (dig: string, fill: string): GradedTask[] =>
  Object.entries({ dig, fill }).map(([task, code]) => ({
    task,
    code: code.replace('broken ', ''),
    status: code === 'passed' ? 'passed' : code.startsWith('broken') ? 'broken' : 'not-yet',
  }))

test('a good solution has to pass every task it names', () => {
  expect(prove(lab, good, graded('passed', 'passed'))).toMatchObject({
    task: 'all',
    observed: 'passed',
    ok: true,
  })
  expect(prove(lab, good, graded('passed', 'too-wet'))).toMatchObject({
    observed: 'fill: too-wet',
    ok: false,
  })
  expect(prove(lab, { ...good, passes: ['dig'] }, graded('passed', 'too-wet'))).toMatchObject({
    task: 'dig',
    ok: true,
  })
  expect(prove(lab, good, [])).toMatchObject({ observed: 'dig: not graded, fill: not graded', ok: false })
})

test('a bad solution has to get its own code on its own task and nothing else will do', () => {
  const row = { kind: 'bad', solution: 'bucket', task: 'dig', expected: 'too-slow' }
  expect(prove(lab, bad, graded('too-slow', 'passed'))).toMatchObject({
    ...row,
    observed: 'too-slow',
    ok: true,
  })
  expect(prove(lab, bad, graded('too-wet', 'too-slow'))).toMatchObject({
    ...row,
    observed: 'too-wet',
    ok: false,
  })
  expect(prove(lab, bad, graded('passed', 'too-slow'))).toMatchObject({
    ...row,
    observed: 'passed',
    ok: false,
  })
  expect(prove(lab, bad, graded('broken too-slow', 'x'))).toMatchObject({
    observed: 'broken too-slow',
    ok: false,
  })
})

test('the untouched start has to be graded, and to pass nothing', () => {
  expect(prove(lab, undefined, graded('too-slow', 'x'))).toMatchObject({
    kind: 'start',
    solution: '-',
    ok: true,
  })
  expect(prove(lab, undefined, graded('passed', 'x'))).toMatchObject({ observed: 'dig: passed', ok: false })
  expect(prove(lab, undefined, graded('broken engine-down', 'x'))).toMatchObject({
    observed: 'dig: broken engine-down',
    ok: false,
  })
})
