import { expect, test } from 'vitest'
import type { CheckContext, GapReason, JournalRow } from './check.ts'
import { inOrder } from './journal-rows.ts'
import { checks } from './registry.ts'
import { runCheck } from './run-check.ts'
import { clockGap, row, rowGap } from './testing/recorded.ts'

/** The verdict of a check over a journal, of a machine where `mine` is there while its id is given. */
async function verdict(use: string, params: object, rows: JournalRow[], id?: string) {
  const container = id === undefined ? null : { Id: id, State: { Status: 'exited' } }
  const context = {
    signal: AbortSignal.any([]),
    engine: { container: async (name: string) => (name === 'nobody' ? null : container) },
    journal: async () => inOrder(rows),
    seed: 'seed',
    now: () => 0,
    answers: new Map([['field', { value: 'given', tries: 1, at: 0 }]]),
  } as unknown as CheckContext
  const deps = { checks, contextFor: () => context, after: () => () => {}, now: () => 0 }
  const asked = { use, with: params as Record<string, unknown>, codes: {}, messages: {} }
  const { status, code } = (await runCheck(deps, 'task', asked)).verdict
  return `${status} ${code}`
}

const answered = (expected: object) => ({ field: 'field', expected })
const image = (action: string, ms: number): JournalRow => ({
  ...row(action, ms, { name: 'shop:2' }),
  type: 'image',
  actorId: 'of the image',
})
const life = (...inside: JournalRow[]) => [row('create', 0), row('start', 10), ...inside]
const ended = (...inside: JournalRow[]) => [...life(...inside), row('die', 1_010, { exitCode: '0' })]

const endedLater = [row('create', 20), row('start', 30), row('die', 1_010, { exitCode: '0' })]

/** What is said when nothing is missing, and the journal with a gap where the answer lies. */
const cases = {
  'an event that is forbidden': {
    use: 'events',
    params: { container: 'mine', forbid: [{ action: 'kill' }] },
    known: 'passed passed',
    rows: ended,
  },
  'an event that did not come': {
    use: 'events',
    params: { container: 'mine', expect: [{ action: 'oom' }] },
    known: 'not-yet event-missing',
    rows: ended,
  },
  'an image that was left alone': {
    use: 'object_events',
    params: { kind: 'image', ref: 'shop:2', forbid: [{ action: 'delete' }] },
    known: 'passed passed',
    rows: (...gap: JournalRow[]) => [image('tag', 5), ...gap, image('tag', 900)],
  },
  'an image that was not tagged': {
    use: 'object_events',
    params: { kind: 'image', ref: 'shop:2', expect: [{ action: 'tag' }] },
    known: 'not-yet event-missing',
    rows: (...gap: JournalRow[]) => [image('untag', 5), ...gap],
  },
  'an event of the first of a name': {
    use: 'events',
    params: { container: 'mine', which: 'first', expect: [{ action: 'start' }] },
    known: 'passed passed',
    rows: (...gap: JournalRow[]) => [image('tag', 0), ...gap, row('create', 20), row('start', 30)],
  },
  'how the first of a name ended': {
    use: 'answer',
    params: answered({ kind: 'cause-of-death', container: 'mine', as: { exited: 'given' } }),
    known: 'passed passed',
    rows: (...gap: JournalRow[]) => [image('tag', 0), ...gap, ...endedLater],
  },
  'whether the first of a name started': {
    use: 'answer',
    params: answered({ kind: 'started', container: 'mine', as: { yes: 'given' } }),
    known: 'passed passed',
    rows: (...gap: JournalRow[]) => [image('tag', 0), ...gap, ...endedLater],
  },
  'the first of a name': {
    use: 'same_identity',
    params: { container: 'mine', expect: 'same' },
    known: 'passed passed',
    rows: (...gap: JournalRow[]) => [image('tag', 0), ...gap, row('create', 20)],
  },
  'how it ended': {
    use: 'answer',
    params: answered({ kind: 'cause-of-death', container: 'mine', as: { exited: 'given' } }),
    known: 'passed passed',
    rows: ended,
  },
  'which one ended so': {
    use: 'answer',
    params: answered({ kind: 'which', among: ['mine', 'nobody'], cause: 'oom' }),
    known: 'broken fixture-missing',
    rows: ended,
  },
  'how long a stop took': {
    use: 'answer',
    params: answered({ kind: 'stop-seconds', container: 'mine', tolerance: 0.5 }),
    known: 'not-yet answer-wrong',
    rows: (...gap: JournalRow[]) => ended(row('kill', 12), ...gap),
  },
  'whether it ever started': {
    use: 'answer',
    params: answered({ kind: 'started', container: 'gone', as: { no: 'given' } }),
    known: 'passed passed',
    rows: (...gap: JournalRow[]) => [row('create', 0, { name: 'gone' }), ...gap],
    id: 'b',
  },
}
const reasons: GapReason[] = ['lost', 'flood', 'full', 'clock']

for (const [name, { use, params, known, rows, ...more }] of Object.entries(cases)) {
  test(`${name} is not known where the journal has a gap`, async () => {
    const id = 'id' in more ? more.id : 'a'
    expect(await verdict(use, params, rows(), id)).toBe(known)
    for (const reason of reasons) {
      const gap = rowGap(reason, 15)
      const told = rows(gap).map((each, at) => ({ ...each, seq: at + 1 }))
      const placed = told.map((each) => (each.kind === 'gap' ? { ...each, since: each.seq - 1 } : each))
      expect([reason, await verdict(use, params, placed, id)]).toEqual([reason, 'broken journal-gap'])
    }
  })
}

test('what happened before the clock was set back is neither before nor close to what came after', async () => {
  const one = ended()
  const other = [
    row('create', 2_000, { name: 'other' }),
    row('start', 2_010, { name: 'other' }),
    row('die', 2_100, { name: 'other' }),
  ].map((each) => ({ ...each, actorId: 'b' }))
  const part = (container: string) => ({ use: 'events', with: { container, expect: [{ action: 'die' }] } })
  const of = [part('mine'), part('other')]
  for (const [use, params] of [
    ['sequence', { of }],
    ['within', { of, ms: 5_000 }],
  ] as const) {
    expect(await verdict(use, params, [...one, ...other])).toBe('passed passed')
    const last = one.at(-1)
    if (last)
      expect(await verdict(use, params, [...one, clockGap(last, 1_500), ...other])).toBe('broken journal-gap')
  }
})
