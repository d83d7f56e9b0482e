import { expect, test } from 'vitest'
import type { Lab, Solution } from '../../labs/lab-schema.ts'
import { systemClock } from '../clock.ts'
import { compare, prove } from './lab-proof.ts'
import type { TrialDeps } from './lab-trial.ts'

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

test('a trial that cannot be run says all that its fault says, in one line', async () => {
  const fault = new Error('setup.sh ended with exit code 3; it last said: digging\n  the spade broke\n')
  const driver = { create: () => Promise.reject(fault) }
  const deps = { driver, clock: systemClock } as unknown as TrialDeps
  const { row } = await prove(deps, { lab: { ...lab, title: 'Harbour' }, solution: bad })
  expect(row).toMatchObject({
    ok: false,
    observed: 'setup.sh ended with exit code 3; it last said: digging · the spade broke',
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
