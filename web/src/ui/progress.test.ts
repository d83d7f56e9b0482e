import { describe, expect, it } from 'vitest'
import type { LabTask } from '../../../server/contract/lab.ts'
import type { Session, TaskState, Verdict } from '../../../server/contract/session.ts'
import { isPassed, newlyPassed, nextTask, passedCount, shownVerdict, taskTimes } from './progress.ts'

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 10, 0, second)).toISOString()
const task = (id: string): LabTask => ({
  id,
  title: id,
  body: '',
  answers: [],
  weight: 1,
  grading: 'latched',
  cleanRoom: false,
})
const tasks = ['a', 'b', 'c'].map(task)
const state = (
  id: string,
  status: TaskState['status'] = 'unchecked',
  passedAt: string | null = null,
): TaskState => ({
  task: id,
  status,
  code: null,
  verdicts: [],
  passedAt,
  hints: { taken: [], left: 0 },
  tampered: false,
})
const session = (states: TaskState[], readyAt: string | null = at(0)): Session => ({
  id: 's',
  lab: 'lab',
  state: 'ready',
  engineReady: true,
  steps: [],
  createdAt: at(0),
  readyAt,
  endedAt: null,
  problem: null,
  tasks: states,
  answers: [],
  checkpoints: [],
  resetting: false,
  submission: null,
})
const verdict = (status: Verdict['status'], code: string): Verdict => ({
  task: 'a',
  check: 'c',
  status,
  code,
  message: '',
  evidence: [],
  at: at(0),
})

describe('progress', () => {
  it('stays passed when a later check says not yet', () => {
    expect(isPassed(state('a', 'not-yet', at(1)))).toBe(true)
    expect(isPassed(state('a', 'not-yet'))).toBe(false)
    expect(isPassed(undefined)).toBe(false)
  })

  it('counts tasks of the lab alone', () => {
    expect(passedCount(tasks, session([state('a', 'passed', at(1)), state('gone', 'passed', at(2))]))).toBe(1)
  })

  it('goes on with the first task that is not passed, after the given one first', () => {
    const one = session([state('a', 'passed', at(1)), state('b'), state('c')])
    expect(nextTask(tasks, one)).toBe('b')
    expect(nextTask(tasks, one, 'b')).toBe('c')
    const last = session([state('a'), state('b', 'passed', at(1)), state('c', 'passed', at(2))])
    expect(nextTask(tasks, last, 'c')).toBe('a')
    expect(nextTask(tasks, session(tasks.map(({ id }) => state(id, 'passed', at(1)))))).toBeUndefined()
  })

  it('shows the first verdict that is not passed, not-yet before broken', () => {
    const of = (...verdicts: Verdict[]) => shownVerdict({ ...state('a'), verdicts })?.code
    expect(of(verdict('passed', 'p'), verdict('broken', 'b'), verdict('not-yet', 'n'))).toBe('n')
    expect(of(verdict('passed', 'p'), verdict('broken', 'b'))).toBe('b')
    expect(of(verdict('passed', 'p1'), verdict('passed', 'p2'))).toBe('p2')
    expect(of()).toBeUndefined()
  })

  it('takes the time of a task from the one passed before it', () => {
    const times = taskTimes(
      session([state('a', 'passed', at(50)), state('b', 'passed', at(10)), state('c')], at(4)),
    )
    expect([...times]).toEqual([
      ['b', 6_000],
      ['a', 40_000],
    ])
  })

  it('gives tasks that one check passed the same time', () => {
    const together = [
      state('a', 'passed', at(50)),
      state('b', 'passed', at(50)),
      state('c', 'passed', at(60)),
    ]
    expect([...taskTimes(session(together, at(4))).values()]).toEqual([46_000, 46_000, 10_000])
  })

  it('tells what has just passed, and nothing of another session', () => {
    const before = session([state('a'), state('b', 'passed', at(1))])
    const after = session([state('a', 'passed', at(2)), state('b', 'passed', at(1))])
    expect(newlyPassed(before, after)).toEqual(['a'])
    expect(newlyPassed(after, after)).toEqual([])
    expect(newlyPassed(undefined, after)).toEqual([])
    expect(newlyPassed({ ...before, id: 'other' }, after)).toEqual([])
  })
})
