import { expect, test } from 'vitest'
import { judge } from '../checks/judge.ts'
import { checks } from '../checks/registry.ts'
import type { CheckUse } from '../checks/run-check.ts'
import { dress } from '../checks/run-check.ts'
import { killedByKernel, row } from '../checks/testing/recorded.ts'
import { type GradedUse, judgeMutants, type TaskTrial } from './mutants.ts'

const exists: CheckUse = { use: 'object_exists', with: { ref: 'mine' }, codes: {}, messages: {} }
const limit: CheckUse = {
  use: 'field',
  with: { ref: 'mine', path: 'HostConfig.Memory', min: 1, max: 64 },
  codes: { 'field-mismatch': 'wrong-limit' },
  messages: {},
}
const oom: CheckUse = {
  use: 'events',
  with: {
    container: 'mine',
    expect: [{ action: 'oom' }, { action: 'die', attributes: { exitCode: '137' } }],
    within_ms: 5000,
    forbid: [{ action: 'kill' }],
  },
  codes: { 'event-missing': 'faked', 'events-apart': 'faked', 'event-forbidden': 'killed' },
  messages: {},
}

function graded(use: CheckUse, found: unknown): GradedUse {
  const check = checks.get(use.use)
  if (!check) throw new Error(use.use)
  const outcome = dress(judge(check, found, check.params.parse(use.with)), use)
  return { use, verdict: { ...outcome, task: 'do', check: use.use, at: 0 }, gathered: JSON.stringify(found) }
}
const memory = (value: number) => graded(limit, { id: 'a', found: true, value, tooLarge: false })
const journal = (rows: unknown[]) => graded(oom, { id: 'a', rows, tooMany: false })
const there = graded(exists, { id: 'a' })

const good = (list: GradedUse[]): TaskTrial => ({
  task: 'do',
  solution: 'plain',
  claim: { kind: 'good' },
  checks: list,
})
const bad = (solution: string, code: string, list: GradedUse[]): TaskTrial => ({
  task: 'do',
  solution,
  claim: { kind: 'bad', code },
  checks: list,
})
const start = (list: GradedUse[]): TaskTrial => ({
  task: 'do',
  solution: 'start',
  claim: { kind: 'start' },
  checks: list,
})
const report = (uses: CheckUse[], trials: TaskTrial[]) =>
  judgeMutants({ slug: 'lab', tasks: [{ id: 'do', checks: uses }] }, checks, trials)
const survived = (uses: CheckUse[], trials: TaskTrial[]) =>
  report(uses, trials).map(({ level, survivors }) => [level, survivors.map(({ what }) => what)])

test('a check that no bad solution needs is unguarded, also when another check fails them all', () => {
  const trials = [good([there, memory(32)]), bad('too-high', 'wrong-limit', [there, memory(128)])]
  expect(survived([exists, limit], trials)[0]).toEqual(['error', ['removed']])
})

test('what the untouched start alone notices is a warning', () => {
  const none = [graded(exists, { id: null }), graded(limit, { id: null, found: false, tooLarge: false })]
  expect(report([exists], [good([there]), start([graded(exists, { id: null })])])).toMatchObject([
    { level: 'warning', survivors: [{ what: 'removed', noticedBy: ['start'] }] },
  ])
  // Without the first check the second one still fails the start.
  expect(report([exists, limit], [good([there, memory(32)]), start(none)])[0]).toMatchObject({
    level: 'error',
  })
})

test('each bound is guarded by the bad solution that passes without it', () => {
  const trials = [good([memory(32)]), bad('too-high', 'wrong-limit', [memory(100)])]
  expect(survived([limit], trials)).toEqual([['warning', ['min ÷ 2', 'min dropped']]])
  const both = [...trials, bad('none', 'wrong-limit', [memory(0)])]
  expect(survived([limit], both)).toEqual([['ok', []]])
})

test('a bound loosened a little can survive where a bad solution is far off', () => {
  const trials = [
    good([memory(32)]),
    bad('too-high', 'wrong-limit', [memory(1000)]),
    bad('none', 'wrong-limit', [memory(0)]),
  ]
  expect(survived([limit], trials)).toEqual([['warning', ['max × 2']]])
})

test('events expected and forbidden are guarded one by one, from recorded evidence', () => {
  const faked = journal([row('create', 0), row('start', 10), row('die', 90, { exitCode: '137' })])
  const trials = [good([journal(killedByKernel())]), bad('fake', 'faked', [faked])]
  expect(survived([oom], trials)).toEqual([
    [
      'warning',
      [
        'expect[1] dropped',
        'expect[1].attributes.exitCode dropped',
        'within_ms × 2',
        'within_ms dropped',
        'forbid[0] dropped',
      ],
    ],
  ])
  const killed = journal([
    ...killedByKernel().slice(0, 3),
    row('kill', 100, { signal: '9' }),
    row('die', 110, { exitCode: '137' }),
  ])
  const apart = journal([
    row('create', 0),
    row('start', 10),
    row('oom', 20),
    row('die', 8_000, { exitCode: '137' }),
  ])
  const more = [...trials, bad('kill', 'killed', [killed]), bad('later', 'faked', [apart])]
  expect(survived([oom], more)).toEqual([['warning', ['expect[1].attributes.exitCode dropped']]])
})

test('a task that no good solution passes does not notice when a check is turned around', () => {
  expect(report([exists], [bad('none', 'object-missing', [graded(exists, { id: null })])])).toMatchObject([
    { level: 'ok', survivors: [] },
  ])
  expect(report([exists], [])).toMatchObject([
    { level: 'error', survivors: [{ what: 'removed' }, { what: 'inverted' }] },
  ])
})

test('trials that are off themselves, or graded in part, prove nothing', () => {
  const off = bad('off', 'other-code', [memory(1000)])
  const part = bad('part', 'wrong-limit', [])
  expect(survived([limit], [good([memory(32)]), off, part])[0]?.[0]).toBe('error')
})

test('evidence of another question is not judged', () => {
  const use: CheckUse = {
    use: 'answer',
    with: { field: 'x', expected: { kind: 'number', value: 2, tolerance: 1 } },
    codes: {},
    messages: {},
  }
  const answered = (value: string) =>
    graded(use, {
      given: { value, tries: 1 },
      truth: { kind: 'number', value: 2, tolerance: 1, source: 'the task' },
    })
  const [found] = report([use], [good([answered('2')]), bad('far', 'answer-wrong', [answered('9')])])
  expect(found).toMatchObject({ level: 'ok', mutants: 2, skipped: 2 })
})

test('a part of a combining check can be taken away with what it gathered', () => {
  const any: CheckUse = {
    use: 'any',
    with: { of: ['mine', 'other', 'third'].map((ref) => ({ use: 'object_exists', with: { ref } })) },
    codes: {},
    messages: {},
  }
  const found = (mine: string | null, other: string | null) =>
    graded(
      any,
      [mine, other, null].map((id) => ({ found: { id } })),
    )
  const trials = [
    good([found('a', null)]),
    good([found(null, 'b')]),
    bad('none', 'none-passed', [found(null, null)]),
  ]
  expect(report([any], trials)).toMatchObject([{ skipped: 0, survivors: [{ what: 'of[2] dropped' }] }])
})
