import { describe, expect, it } from 'vitest'
import type { LabTask } from '../../../server/contract/lab.ts'
import type { Session, TaskState, Verdict } from '../../../server/contract/session.ts'
import { isPassed, nextTask, passedCount, shownVerdict, standing, taskTimes, turns } from './progress.ts'

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
  live: true,
  hints: { taken: [], left: 0 },
  tampered: [],
})
const session = (states: TaskState[], readyAt: string | null = at(0)): Session => ({
  id: 's',
  lab: 'lab',
  state: 'ready',
  engineReady: true,
  steps: [],
  createdAt: at(0),
  begunAt: at(0),
  readyAt,
  endedAt: null,
  waiting: null,
  time: null,
  disk: null,
  size: null,
  outOfTime: false,
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
  const latched = { grading: 'latched' } as const
  const mustHold = { grading: 'must-hold' } as const

  it('keeps a latched task passed, whatever a later check says', () => {
    for (const status of ['passed', 'not-yet', 'broken', 'unchecked'] as const) {
      expect(standing(latched, state('a', status, at(1)))).toBe('passed')
      expect(isPassed(latched, state('a', status, at(1)))).toBe(true)
    }
    expect(standing(latched, state('a', 'not-yet'))).toBe('not-yet')
    expect([standing(latched, undefined), isPassed(latched, undefined)]).toEqual(['unchecked', false])
  })

  it('says of a must-hold task what its latest check says', () => {
    const of = (status: TaskState['status']) => [
      standing(mustHold, state('a', status, at(1))),
      isPassed(mustHold, state('a', status, at(1))),
    ]
    expect(of('passed')).toEqual(['passed', true])
    expect(of('not-yet')).toEqual(['lost', false])
    expect(of('unchecked')).toEqual(['passed', true])
    expect(standing(mustHold, state('a', 'not-yet'))).toBe('not-yet')
  })

  it('takes nothing away for a check that could not be run, and gives nothing', () => {
    expect(standing(mustHold, state('a', 'broken', at(1)))).toBe('broken')
    expect(isPassed(mustHold, state('a', 'broken', at(1)))).toBe(true)
    expect(isPassed(mustHold, state('a', 'broken'))).toBe(false)
  })

  it('counts what the grade counts once there is one', () => {
    const graded = (...passed: boolean[]) => ({
      at: at(9),
      points: 1,
      of: 3,
      tampered: [],
      receipt: 'r',
      tasks: passed.map((was, n) => ({
        task: 'abc'[n] ?? '',
        passed: was,
        points: 0,
        of: 1,
        code: 'c',
        broken: false,
      })),
    })
    const all = session(['a', 'b', 'c'].map((id) => state(id, 'passed', at(1))))
    expect(passedCount(tasks, { ...all, submission: graded(true, false, true) })).toBe(2)
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
    expect(turns(tasks, before, after)).toEqual([{ task: 'a', to: 'passed' }])
    expect(turns(tasks, after, after)).toEqual([])
    expect(turns(tasks, undefined, after)).toEqual([])
    expect(turns(tasks, { ...before, id: 'other' }, after)).toEqual([])
  })

  it('tells what does not hold any more, and what holds again', () => {
    const held = tasks.map((one) => ({ ...one, grading: 'must-hold' as const }))
    const good = session([state('a', 'passed', at(1))])
    const bad = session([state('a', 'not-yet', at(1))])
    expect(turns(held, good, bad)).toEqual([{ task: 'a', to: 'lost' }])
    expect(turns(held, bad, good)).toEqual([{ task: 'a', to: 'back' }])
    expect(turns(held, good, session([state('a', 'broken', at(1))]))).toEqual([])
    expect(turns(tasks, good, bad)).toEqual([])
  })
})
