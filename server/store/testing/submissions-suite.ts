import { expect, test } from 'vitest'
import type { NewSubmission } from '../store.ts'
import { run, verdict } from './check-run.ts'
import { add, type OpenStore } from './fresh-store.ts'

function submission(session: string, change: Partial<NewSubmission> = {}): NewSubmission {
  const task = { task: 't1', passed: true, code: 'passed', points: 1.5, of: 2, hints: 1, cleanRoom: false }
  return {
    session,
    at: 8,
    labHash: 'h1',
    points: 1.5,
    of: 2,
    tasks: [task],
    tamper: { seen: [1] },
    ...change,
  }
}

/** What every store does with submissions. */
export function submissionSuite(open: OpenStore): void {
  test('a session is submitted once, with the verdicts of its run; what follows is recorded', async () => {
    const { store, reopen } = await open()
    const { session } = await add(store)
    const passed = verdict({ status: 'passed', code: 'passed' })
    const first = await store.addSubmission(
      submission(session.id),
      run(session.id, 'r1', 8, [passed], 'passed'),
    )
    expect(first).toEqual({ ...submission(session.id), receipt: null, done: false })
    const again = await store.addSubmission(
      submission(session.id, { points: 0, tamper: null }),
      run(session.id, 'r2', 9, [verdict()], 'not-yet'),
    )
    expect(again).toEqual(first)
    expect(await store.verdicts(session.id)).toHaveLength(1)

    const after = await reopen()
    expect(await after.openSubmissions()).toEqual([first])
    await after.changeSubmission(session.id, { receipt: 'abc' })
    await after.changeSubmission(session.id, { done: true })
    expect(await after.submission(session.id)).toEqual({ ...first, receipt: 'abc', done: true })
    expect(await after.openSubmissions()).toEqual([])
    expect(await after.submission('unknown')).toBeUndefined()
  })

  test('a submission is kept whole or not at all', async () => {
    const { store } = await open()
    const { session } = await add(store)
    const bad = run(session.id, 'r1', 5, [verdict(), verdict({ status: 'strange' as 'passed' })], 'not-yet')
    await expect(store.addSubmission(submission(session.id), bad)).rejects.toMatchObject({
      code: 'store-failed',
    })
    expect(await store.submission(session.id)).toBeUndefined()
    expect(await store.verdicts(session.id)).toEqual([])
  })
}
