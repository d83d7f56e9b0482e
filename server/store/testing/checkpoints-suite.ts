import { expect, test } from 'vitest'
import type { NewCheckpoint, Store } from '../store.ts'
import { add, type OpenStore } from './fresh-store.ts'

function checkpoint(session: string, more: Partial<NewCheckpoint> = {}): NewCheckpoint {
  return { id: 'c1', session, kind: 'task', task: 'tell', name: null, at: 5, keepUntil: null, ...more }
}

async function readySession(store: Store, owner = 'ann') {
  const { session } = await add(store, { owner })
  await store.changeSession(session.id, ['requested'], { state: 'ready' })
  return session
}

/** What every store does with checkpoints and resets. */
export function checkpointSuite(open: OpenStore): void {
  test('a checkpoint is known from before it is made until it is removed', async () => {
    const { store, reopen } = await open()
    const { id } = await readySession(store)
    const other = await readySession(store, 'bob')
    await store.addCheckpoint(checkpoint(id))
    await store.addCheckpoint(checkpoint(id, { id: 'c0', kind: 'hand', task: null, name: 'größe', at: 4 }))
    await store.addCheckpoint(
      checkpoint(other.id, { id: 'c2', kind: 'submitted', task: null, keepUntil: 99 }),
    )
    await store.finishCheckpoint('c1', { bytes: 7_000_000_000, since: 12, note: null })
    await store.changeSession(other.id, ['ready'], { state: 'ended' })

    const after = await reopen()
    const [first, second] = await after.checkpoints(id)
    expect(first).toEqual({
      ...checkpoint(id, { id: 'c0', kind: 'hand', task: null, name: 'größe', at: 4 }),
      bytes: null,
      since: 0,
      note: null,
    })
    expect(second).toEqual({ ...checkpoint(id), bytes: 7_000_000_000, since: 12, note: null })
    expect(await after.allCheckpoints()).toMatchObject([
      { id: 'c0', state: 'ready' },
      { id: 'c1', state: 'ready' },
      { id: 'c2', state: 'ended', keepUntil: 99 },
    ])
    await after.removeCheckpoint('c1')
    await after.removeCheckpoint('c1')
    expect(await after.checkpoints(id)).toHaveLength(1)
  })

  test('a reset gives the session its new sandbox and the mark in one step, once', async () => {
    const { store, reopen } = await open()
    const { id } = await readySession(store)
    const reset = { session: id, checkpoint: 'c1', sandbox: 'f'.repeat(16) }
    expect(await store.beginReset(reset)).toBe(true)
    expect(await store.beginReset({ ...reset, sandbox: 'e'.repeat(16) })).toBe(false)
    expect((await store.session(id))?.sandbox).not.toBe(reset.sandbox)

    const mark = { kind: 'mark', seq: 1, timeNano: '1763', reason: 'reset', since: 0 } as const
    expect(await (await reopen()).switchSandbox(id, [mark])).toMatchObject({ sandbox: reset.sandbox })
    const after = await reopen()
    expect(await after.switchSandbox(id, [{ ...mark, seq: 2 }])).toBeUndefined()
    expect(await after.journal(id)).toEqual([mark])
    expect(await after.reset(id)).toEqual({ ...reset, phase: 'made' })
    await after.resumeReset(id)
    expect(await after.resets()).toEqual([{ ...reset, phase: 'resuming' }])
    await after.endReset(id)
    await after.endReset(id)
    expect(await after.resets()).toEqual([])
  })

  test('a session that is ending is not set back', async () => {
    const { store } = await open()
    const { id, sandbox } = await readySession(store)
    await store.beginReset({ session: id, checkpoint: 'c1', sandbox: 'f'.repeat(16) })
    await store.changeSession(id, ['ready'], { state: 'ending' })
    expect(await store.switchSandbox(id, [])).toBeUndefined()
    expect((await store.session(id))?.sandbox).toBe(sandbox)
    await store.endReset(id)
    expect(await store.beginReset({ session: id, checkpoint: 'c1', sandbox: 'f'.repeat(16) })).toBe(false)
  })
}
