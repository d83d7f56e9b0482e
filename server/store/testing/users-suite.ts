import { expect, test } from 'vitest'
import type { OpenStore } from './fresh-store.ts'

/** What every store does with users. */
export function userSuite(open: OpenStore): void {
  test('a user is added, then changed', async () => {
    const { store } = await open()
    await store.putUser({ id: 'ann', name: 'Ann B', role: 'instructor' })
    expect(await store.user('ann')).toEqual({ id: 'ann', name: 'Ann B', role: 'instructor' })
    expect(await store.user('nobody')).toBeUndefined()
  })
}
