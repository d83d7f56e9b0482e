import { expect, test } from 'vitest'
import { add, type OpenStore } from './fresh-store.ts'

/** What every store does with answers. */
export function answerSuite(open: OpenStore): void {
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
}
