import { expect, test } from 'vitest'
import type { Lab, Solution } from '../../labs/lab-schema.ts'
import { compare } from './lab-proof.ts'

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
const graded = (dig: string, fill: string): Parameters<typeof compare>[1] =>
  Object.entries({ dig, fill }).map(([task, code]) => ({
    task,
    code: code.replace('broken ', ''),
    status: code === 'passed' ? 'passed' : code.startsWith('broken') ? 'broken' : 'not-yet',
  }))

test('a good solution has to pass every task it names', () => {
  expect(compare({ lab, solution: good }, graded('passed', 'passed'))).toMatchObject({
    task: 'all',
    observed: 'passed',
    ok: true,
  })
  expect(compare({ lab, solution: good }, graded('passed', 'too-wet'))).toMatchObject({
    observed: 'fill: too-wet',
    ok: false,
  })
  expect(compare({ lab, solution: { ...good, passes: ['dig'] } }, graded('passed', 'too-wet'))).toMatchObject(
    {
      task: 'dig',
      ok: true,
    },
  )
  expect(compare({ lab, solution: good }, [])).toMatchObject({
    observed: 'dig: broken not-graded, fill: broken not-graded',
    ok: false,
  })
})

test('a bad solution has to get its own code on its own task and nothing else will do', () => {
  const row = { kind: 'bad', solution: 'bucket', task: 'dig', expected: 'too-slow' }
  expect(compare({ lab, solution: bad }, graded('too-slow', 'passed'))).toMatchObject({
    ...row,
    observed: 'too-slow',
    ok: true,
  })
  expect(compare({ lab, solution: bad }, graded('too-wet', 'too-slow'))).toMatchObject({
    ...row,
    observed: 'too-wet',
    ok: false,
  })
  expect(compare({ lab, solution: bad }, graded('passed', 'too-slow'))).toMatchObject({
    ...row,
    observed: 'passed',
    ok: false,
  })
  expect(compare({ lab, solution: bad }, graded('broken too-slow', 'x'))).toMatchObject({
    observed: 'broken too-slow',
    ok: false,
  })
})

test('the untouched start has to be graded, and to pass nothing', () => {
  expect(compare({ lab, solution: undefined }, graded('too-slow', 'x'))).toMatchObject({
    kind: 'start',
    solution: '-',
    ok: true,
  })
  expect(compare({ lab, solution: undefined }, graded('passed', 'x'))).toMatchObject({
    observed: 'dig: passed',
    ok: false,
  })
  expect(compare({ lab, solution: undefined }, graded('broken engine-down', 'x'))).toMatchObject({
    observed: 'dig: broken engine-down',
    ok: false,
  })
})
