import { expect, test } from 'vitest'
import { MAX_VERDICTS_PER_SESSION } from '../store.ts'
import { run, snapshots, use, verdict } from './check-run.ts'
import { add, type OpenStore } from './fresh-store.ts'

/** What every store does with verdicts and tasks. */
export function verdictSuite(open: OpenStore): void {
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
    const { firstPass, latest } = await after.verdictsBehind(session.id)
    expect(firstPass.map((each) => each.verdict.at)).toEqual([6, 6])
    expect(latest.map((each) => each.verdict)).toEqual(await after.latestVerdicts(session.id))
    const all = await after.verdicts(session.id)
    expect(all).toHaveLength(7)
    expect(all[0]).toEqual({ verdict: verdict(), use, gathered: '{"oom":[1,2]}', snapshots })
    expect(await after.tasks(session.id)).toEqual([
      { task: 't1', status: 'not-yet', code: 'not-yet', passedAt: 6 },
      { task: 't2', status: 'not-yet', code: 'not-yet', passedAt: null },
    ])
  })

  test('what was seen beside a run goes with it, and marks the tasks whose state follows from it', async () => {
    const { store, reopen } = await open()
    const { session } = await add(store)
    const seen = '{"findings":[]}'
    const one = run(session.id, 'r1', 5, [verdict(), verdict({ task: 't2' })], 'not-yet')
    await store.addCheckRun({ ...one, tamper: { tampered: true, seen } })
    expect(await store.tamperedTasks(session.id)).toEqual([
      { task: 't1', seen },
      { task: 't2', seen },
    ])
    const two = run(session.id, 'r2', 6, [verdict({ at: 6 })], 'not-yet')
    await store.addCheckRun(two)
    await store.addTamper(session.id, 'r2', 6, { tampered: false, seen })
    await store.addTamper(session.id, 'r2', 7, { tampered: true, seen })
    const after = await reopen()
    expect(await after.tamperedTasks(session.id)).toEqual([{ task: 't2', seen }])
    expect(await after.tampers(session.id)).toEqual([
      { run: 'r1', at: 5, tampered: true, seen },
      { run: 'r2', at: 6, tampered: false, seen },
    ])
    const many = Array.from({ length: MAX_VERDICTS_PER_SESSION }, () => verdict())
    await after.addCheckRun(run(session.id, 'r3', 7, [...many, verdict({ task: 't2' })], 'not-yet'))
    expect(await after.tampers(session.id)).toEqual([])
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
}
