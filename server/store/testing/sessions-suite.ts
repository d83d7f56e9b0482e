import { expect, test } from 'vitest'
import { run, verdict } from './check-run.ts'
import { add, newSession, type OpenStore } from './fresh-store.ts'

/** What every store does with sessions. */
export function sessionSuite(open: OpenStore): void {
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

  test('sessions are listed by owner, the newest first, with what is passed', async () => {
    const { store } = await open()
    const a = (await add(store, { createdAt: 10 })).session
    const b = (await add(store, { createdAt: 20, lab: 'dns' })).session
    await add(store, { createdAt: 30, owner: 'bob' })
    await store.addCheckRun(run(a.id, 'r1', 5, [verdict({ status: 'passed', code: 'passed' })], 'passed'))
    const fell = verdict({ task: 't2' })
    await store.addCheckRun(
      run(a.id, 'r2', 6, [{ ...fell, status: 'passed', code: 'passed' } as typeof fell], 'passed'),
    )
    await store.addCheckRun(run(a.id, 'r3', 7, [fell], 'not-yet'))
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
}
