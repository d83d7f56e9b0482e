import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const receipts: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('receipts')
      .addColumn('session', 'text', (c) => c.primaryKey().references('sessions.id'))
      .addColumn('id', 'text', (c) => c.notNull().unique())
      .addColumn('at', 'integer', (c) => c.notNull())
      .addColumn('text', 'text', (c) => c.notNull())
      .execute()
  },
}
