import type { ReceiptStore } from '../../parts/receipts.ts'
import type { SqlAccess } from '../sql-access.ts'

export function receiptPart({ run, write }: SqlAccess): ReceiptStore {
  return {
    addReceipt(receipt) {
      return write(async (db) => {
        await db
          .insertInto('receipts')
          .values(receipt)
          .onConflict((c) => c.column('session').doNothing())
          .execute()
        return db
          .selectFrom('receipts')
          .select(['id', 'session', 'at', 'text'])
          .where('session', '=', receipt.session)
          .executeTakeFirstOrThrow()
      })
    },

    receipt(session) {
      return run((db) =>
        db
          .selectFrom('receipts')
          .select(['id', 'session', 'at', 'text'])
          .where('session', '=', session)
          .executeTakeFirst(),
      )
    },
  }
}
