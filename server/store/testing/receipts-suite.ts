import { expect, test } from 'vitest'
import { add, type OpenStore } from './fresh-store.ts'

/** What every store does with receipts. */
export function receiptSuite(open: OpenStore): void {
  test('a session has one receipt, and its text stays as it was', async () => {
    const { store, reopen } = await open()
    const { session } = await add(store)
    expect(await store.receipt(session.id)).toBeUndefined()
    const first = { id: 'r1', session: session.id, at: 5, text: '{"é":"語"}' }
    expect(await store.addReceipt(first)).toEqual(first)
    expect(await store.addReceipt({ ...first, id: 'r2', text: '{}' })).toEqual(first)
    const after = await reopen()
    expect(await after.receipt(session.id)).toEqual(first)
    await expect(after.addReceipt({ ...first, session: 'unknown' })).rejects.toMatchObject({
      code: 'store-failed',
    })
  })
}
