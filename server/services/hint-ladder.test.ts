import { expect, test } from 'vitest'
import type { HintRecord } from '../store/store.ts'
import { ladderOf } from './hint-ladder.ts'

const notYet = (code: string) => ({ status: 'not-yet', code }) as const
const byCode = { id: 't', hints: { any: ['a1', 'a2'], 'no-limit': ['n1'] } }
const taken = (ladder: string, task = 't'): HintRecord => ({
  task,
  ladder,
  index: 0,
  code: null,
  text: '',
  at: 1,
})

test('the code that the task shows picks the ladder, any where it has none of its own', () => {
  expect(ladderOf(byCode, notYet('no-limit'), [])).toMatchObject({ name: 'no-limit', steps: ['n1'] })
  expect(ladderOf(byCode, notYet('other'), [])).toMatchObject({ name: 'any', steps: ['a1', 'a2'] })
  expect(ladderOf(byCode, undefined, [])).toMatchObject({ name: 'any' })
  expect(ladderOf({ id: 't', hints: ['x'] }, notYet('any-code'), [])).toMatchObject({
    name: 'any',
    steps: ['x'],
  })
  expect(ladderOf(byCode, notYet('constructor'), [])).toMatchObject({ name: 'any' })
})

test('each ladder remembers how far it was taken, by task; a passed task has none', () => {
  const hints = [taken('any'), taken('any', 'other'), taken('no-limit')]
  expect(ladderOf(byCode, notYet('other'), hints)?.taken).toBe(1)
  expect(ladderOf(byCode, notYet('no-limit'), hints)?.taken).toBe(1)
  expect(ladderOf(byCode, { status: 'passed', code: 'passed' }, hints)).toBeUndefined()
})
