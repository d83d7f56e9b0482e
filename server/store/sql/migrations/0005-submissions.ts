import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const submissions: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('submissions')
      .addColumn('session', 'text', (c) => c.primaryKey().references('sessions.id'))
      .addColumn('at', 'integer', (c) => c.notNull())
      .addColumn('lab_hash', 'text', (c) => c.notNull())
      .addColumn('points', 'real', (c) => c.notNull())
      .addColumn('of_points', 'real', (c) => c.notNull())
      .addColumn('tasks', 'text', (c) => c.notNull())
      .addColumn('tamper', 'text', (c) => c.notNull())
      .addColumn('receipt', 'text')
      .addColumn('done', 'integer', (c) => c.notNull())
      .execute()
  },
}
