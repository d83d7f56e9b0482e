import { expect, test } from 'vitest'
import type { JournalRow } from '../../checks/check.ts'
import type { Verdict } from '../../checks/verdict.ts'
import { type CheckRun, MAX_VERDICTS_PER_SESSION, type NewSession, type Store } from './store.ts'

/** A fresh store and a way to open the same data again, as after a restart of the server. */
export interface StoreUnderTest {
  store: Store
  reopen(): Promise<Store>
}

let counter = 0

async function add(store: Store, change: Partial<NewSession> = {}) {
  const added = await store.addSession(newSession(change), 10)
  if (added.outcome === 'limit') throw new Error('below the limit')
  return added
}

function newSession(change: Partial<NewSession> = {}): NewSession {
  counter += 1
  const id = counter.toString(16).padStart(16, '0')
  return {
    id,
    owner: 'ann',
    lab: 'oom',
    labHash: 'h1',
    sandbox: id,
    seed: 's',
    createdAt: 1_000 + counter,
    ...change,
  }
}

function verdict(change: Partial<Verdict> = {}): Verdict {
  const evidence = [{ expected: 'true', observed: 'false', source: 'container a · State.OOMKilled' }]
  return {
    task: 't1',
    check: 'c1',
    status: 'not-yet',
    code: 'nope',
    message: 'No.',
    evidence,
    at: 5,
    ...change,
  } as Verdict
}

const use = { use: 'c1', with: { n: 1 }, codes: { nope: 'no' }, messages: {} }

function run(
  session: string,
  id: string,
  at: number,
  verdicts: Verdict[],
  status: 'passed' | 'not-yet',
): CheckRun {
  const tasks = [...new Set(verdicts.map((v) => v.task))].map((task) => ({ task, status, code: status }))
  const records = verdicts.map((v) => ({ verdict: v, use, gathered: '{"oom":[1,2]}' }))
  return { id, session, labHash: 'h1', at, verdicts: records, tasks }
}

function event(seq: number, action = 'die'): JournalRow {
  const attributes = { exitCode: '137', name: 'größe' }
  return {
    kind: 'event',
    seq,
    timeNano: `17629999999999${90000 + seq}`,
    type: 'container',
    action,
    actorId: 'a1',
    attributes,
  }
}

/** What every store must do; `open` gives a fresh one with the users `ann` and `bob`. */
export function storeSuite(open: () => Promise<StoreUnderTest>): void {
  test('a user is added, then changed', async () => {
    const { store } = await open()
    await store.putUser({ id: 'ann', name: 'Ann B', role: 'instructor' })
    expect(await store.user('ann')).toEqual({ id: 'ann', name: 'Ann B', role: 'instructor' })
    expect(await store.user('nobody')).toBeUndefined()
  })

  test('one open session per owner and lab', async () => {
    const { store } = await open()
    const first = await add(store)
    expect(first).toMatchObject({
      outcome: 'created',
      session: { state: 'requested', engineReady: false, steps: [] },
    })
    const again = await add(store)
    expect(again).toEqual({ outcome: 'open', session: first.session })
    expect((await add(store, { owner: 'bob' })).outcome).toBe('created')
    expect((await add(store, { lab: 'dns' })).outcome).toBe('created')

    await store.changeSession(first.session.id, ['requested'], { state: 'ended', endedAt: 9 })
    expect((await add(store)).outcome).toBe('created')
  })

  test('requests at the same moment make one session', async () => {
    const { store } = await open()
    const added = await Promise.all(Array.from({ length: 10 }, () => add(store)))
    expect(added.filter((a) => a.outcome === 'created')).toHaveLength(1)
    expect(new Set(added.map((a) => a.session.id)).size).toBe(1)
  })

  test('a person has so many open sessions and no more', async () => {
    const { store } = await open()
    const first = await add(store, { lab: 'a' })
    await add(store, { lab: 'b' })
    expect(await store.addSession(newSession({ lab: 'c' }), 2)).toEqual({ outcome: 'limit' })
    expect(await store.addSession(newSession({ lab: 'a' }), 2)).toEqual({
      outcome: 'open',
      session: first.session,
    })
    expect(await store.addSession(newSession({ lab: 'c', owner: 'bob' }), 2)).toMatchObject({
      outcome: 'created',
    })
  })

  test('a session of nobody is not taken', async () => {
    const { store } = await open()
    await expect(add(store, { owner: 'nobody' })).rejects.toMatchObject({
      code: 'store-failed',
    })
    expect(await store.openSessions()).toEqual([])
  })

  test('a session changes only from the states named', async () => {
    const { store } = await open()
    const { session } = await add(store)
    const steps = [{ name: 'disk' as const, ms: 12.5 }]
    const starting = await store.changeSession(session.id, ['requested'], {
      state: 'starting',
      steps,
      engineReady: true,
    })
    expect(starting).toEqual({ ...session, state: 'starting', steps, engineReady: true })
    expect(await store.changeSession(session.id, ['requested'], { state: 'ready' })).toBeUndefined()
    expect(await store.session(session.id)).toEqual(starting)
    const problem = { code: 'setup-failed', detail: 'exit 1' } as const
    const failed = await store.changeSession(session.id, ['starting'], {
      state: 'failed',
      problem,
      endedAt: 7,
    })
    expect(failed).toEqual({ ...starting, state: 'failed', problem, endedAt: 7 })
    expect(await store.changeSession('unknown', ['ready'], { state: 'ended' })).toBeUndefined()
  })

  test('sessions are listed by owner, the newest first, with what was passed', async () => {
    const { store } = await open()
    const a = (await add(store, { createdAt: 10 })).session
    const b = (await add(store, { createdAt: 20, lab: 'dns' })).session
    await add(store, { createdAt: 30, owner: 'bob' })
    await store.addCheckRun(run(a.id, 'r1', 5, [verdict({ status: 'passed', code: 'passed' })], 'passed'))
    await store.changeSession(a.id, ['requested'], { state: 'ended' })

    const mine = await store.sessionsOf('ann', 10)
    expect(mine.map((s) => [s.session.id, s.passed])).toEqual([
      [b.id, []],
      [a.id, ['t1']],
    ])
    expect(await store.sessionsOf('ann', 1)).toHaveLength(1)
    expect((await store.openSessions('ann')).map((s) => s.id)).toEqual([b.id])
    expect(await store.openSessions()).toHaveLength(2)
  })

  test('verdicts keep their evidence; the latest run of each task counts; the first pass stays', async () => {
    const { store, reopen } = await open()
    const { session } = await add(store)
    const passed = { status: 'passed', code: 'passed' } as const
    await store.addCheckRun(run(session.id, 'r1', 5, [verdict(), verdict({ check: 'c2' })], 'not-yet'))
    await store.addCheckRun(
      run(
        session.id,
        'r2',
        6,
        [verdict({ ...passed, at: 6 }), verdict({ ...passed, check: 'c2', at: 6 })],
        'passed',
      ),
    )
    await store.addCheckRun(run(session.id, 'r3', 7, [verdict({ task: 't2', at: 7 })], 'not-yet'))
    await store.addCheckRun(
      run(session.id, 'r4', 8, [verdict({ at: 8 }), verdict({ ...passed, check: 'c2', at: 8 })], 'not-yet'),
    )

    const after = await reopen()
    expect(await after.latestVerdicts(session.id)).toEqual([
      verdict({ task: 't2', at: 7 }),
      verdict({ at: 8 }),
      verdict({ ...passed, check: 'c2', at: 8 }),
    ])
    const all = await after.verdicts(session.id)
    expect(all).toHaveLength(7)
    expect(all[0]).toEqual({ verdict: verdict(), use, gathered: '{"oom":[1,2]}' })
    expect(await after.tasks(session.id)).toEqual([
      { task: 't1', status: 'not-yet', code: 'not-yet', passedAt: 6 },
      { task: 't2', status: 'not-yet', code: 'not-yet', passedAt: null },
    ])
  })

  test('a run is kept whole or not at all', async () => {
    const { store } = await open()
    const { session } = await add(store)
    const bad = run(session.id, 'r1', 5, [verdict(), verdict({ status: 'strange' as 'passed' })], 'not-yet')
    await expect(store.addCheckRun(bad)).rejects.toMatchObject({ code: 'store-failed' })
    expect(await store.verdicts(session.id)).toEqual([])
    expect(await store.tasks(session.id)).toEqual([])
  })

  test('a session keeps a bounded number of verdicts, and always those that passed a task', async () => {
    const { store } = await open()
    const { session } = await add(store)
    const first = verdict({ status: 'passed', code: 'passed', message: 'First pass.' })
    await store.addCheckRun(run(session.id, 'first', 1, [first], 'passed'))
    const many = Array.from({ length: MAX_VERDICTS_PER_SESSION }, (_, at) => verdict({ at }))
    await store.addCheckRun(run(session.id, 'many', 2, many, 'not-yet'))
    await store.addCheckRun(run(session.id, 'last', 3, [verdict({ at: 99 })], 'not-yet'))

    const kept = await store.verdicts(session.id)
    expect(kept).toHaveLength(MAX_VERDICTS_PER_SESSION)
    expect(kept[0]?.verdict).toEqual(first)
    expect(kept[1]?.verdict.at).toBe(2)
    expect(await store.latestVerdicts(session.id)).toEqual([verdict({ at: 99 })])
  })

  test('tries of an answer are counted by field', async () => {
    const { store, reopen } = await open()
    const { session } = await add(store)
    await store.giveAnswer(session.id, { task: 't1', field: 'which', value: 'a', at: 1 })
    const second = await store.giveAnswer(session.id, { task: 't1', field: 'which', value: 'b', at: 2 })
    expect(second).toEqual({ task: 't1', field: 'which', value: 'b', tries: 2, at: 2 })
    await store.giveAnswer(session.id, { task: 't2', field: 'why', value: 'c', at: 3 })
    const after = await reopen()
    expect(await after.answers(session.id)).toEqual([
      second,
      { task: 't2', field: 'why', value: 'c', tries: 1, at: 3 },
    ])
  })

  test('the journal is kept in order, by session, and takes a batch again', async () => {
    const { store, reopen } = await open()
    const { session } = await add(store)
    const other = (await add(store, { owner: 'bob' })).session
    const gap: JournalRow = {
      kind: 'gap',
      seq: 3,
      timeNano: '1763000000000000000',
      reason: 'the engine went away',
    }
    await store.appendJournal(session.id, [])
    await store.appendJournal(session.id, [event(1), event(2)])
    await store.appendJournal(session.id, [event(2, 'changed'), gap])
    await store.appendJournal(other.id, [event(1, 'start')])

    const after = await reopen()
    expect(await after.journal(session.id)).toEqual([event(1), event(2), gap])
    expect(await after.journal(session.id, 1)).toEqual([event(2), gap])
    expect(await after.lastJournalSeq(session.id)).toBe(3)
    expect(await after.lastJournalSeq('unknown')).toBe(0)
  })

  test('a journal batch larger than one statement is kept whole', async () => {
    const { store } = await open()
    const { session } = await add(store)
    const rows = Array.from({ length: 2_500 }, (_, i) => event(i + 1))
    await store.appendJournal(session.id, rows)
    expect(await store.journal(session.id)).toEqual(rows)
  })
}
