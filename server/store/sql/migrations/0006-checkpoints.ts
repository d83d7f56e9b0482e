import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export const checkpoints: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('checkpoints')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('session', 'text', (c) => c.notNull().references('sessions.id'))
      .addColumn('kind', 'text', (c) => c.notNull().check(sql`kind in ('task', 'hand', 'submitted')`))
      .addColumn('task', 'text')
      .addColumn('name', 'text')
      .addColumn('at', 'integer', (c) => c.notNull())
      .addColumn('bytes', 'integer')
      .addColumn('since', 'integer', (c) => c.notNull())
      .addColumn('keep_until', 'integer')
      .addColumn('note', 'text')
      .execute()
    await db.schema.createIndex('checkpoints_session').on('checkpoints').column('session').execute()
    await db.schema
      .createTable('resets')
      .addColumn('session', 'text', (c) => c.primaryKey().references('sessions.id'))
      .addColumn('checkpoint', 'text', (c) => c.notNull())
      .addColumn('sandbox', 'text', (c) => c.notNull())
      .addColumn('phase', 'text', (c) => c.notNull().check(sql`phase in ('making', 'made', 'resuming')`))
      .execute()
  },
}
