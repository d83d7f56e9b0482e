import { expect, test } from 'vitest'
import type { HintRecord } from '../store.ts'
import { add, type OpenStore } from './fresh-store.ts'

function hint(change: Partial<HintRecord> = {}): HintRecord {
  return { task: 't1', ladder: 'any', index: 0, code: null, text: 'Look there.', at: 5, ...change }
}

/** What every store does with hints and misconceptions. */
export function hintSuite(open: OpenStore): void {
  test('a hint is taken once, and hints are told in the order taken', async () => {
    const { store, reopen } = await open()
    const { session } = await add(store)
    const other = (await add(store, { owner: 'bob' })).session
    expect(await store.takeHint(session.id, hint())).toBe(true)
    expect(await store.takeHint(session.id, hint({ at: 9, text: 'Another.' }))).toBe(false)
    expect(await store.takeHint(other.id, hint())).toBe(true)
    const byCode = hint({ ladder: 'nope', code: 'nope', at: 6 })
    expect(await store.takeHint(session.id, hint({ index: 1, at: 7 }))).toBe(true)
    expect(await store.takeHint(session.id, byCode)).toBe(true)
    const after = await reopen()
    expect(await after.hints(session.id)).toEqual([hint(), byCode, hint({ index: 1, at: 7 })])
    expect(await after.hints('unknown')).toEqual([])
  })

  test('a misconception is met once, at the first time', async () => {
    const { store, reopen } = await open()
    const { session } = await add(store)
    const met = { misconception: 'm1', task: 't1', code: 'nope', at: 5 }
    const elsewhere = { ...met, task: 't2', at: 6 }
    await store.meetMisconceptions(session.id, [])
    await store.meetMisconceptions(session.id, [met])
    await store.meetMisconceptions(session.id, [{ ...met, at: 9 }, elsewhere])
    const after = await reopen()
    expect(await after.misconceptions(session.id)).toEqual([met, elsewhere])
  })
}
