import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const hints: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('hints')
      .addColumn('session', 'text', (c) => c.notNull().references('sessions.id'))
      .addColumn('task', 'text', (c) => c.notNull())
      .addColumn('ladder', 'text', (c) => c.notNull())
      .addColumn('step', 'integer', (c) => c.notNull())
      .addColumn('code', 'text')
      .addColumn('text', 'text', (c) => c.notNull())
      .addColumn('at', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('hints_key', ['session', 'task', 'ladder', 'step'])
      .execute()
    await db.schema
      .createTable('misconceptions')
      .addColumn('session', 'text', (c) => c.notNull().references('sessions.id'))
      .addColumn('misconception', 'text', (c) => c.notNull())
      .addColumn('task', 'text', (c) => c.notNull())
      .addColumn('code', 'text', (c) => c.notNull())
      .addColumn('at', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('misconceptions_key', ['session', 'misconception', 'task', 'code'])
      .execute()
  },
}
