import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What was seen of the machine beside each run of checks. */
export const tamper: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('run_tampers')
      .addColumn('session', 'text', (c) => c.notNull().references('sessions.id'))
      .addColumn('run', 'text', (c) => c.notNull())
      .addColumn('at', 'integer', (c) => c.notNull())
      .addColumn('tampered', 'integer', (c) => c.notNull())
      .addColumn('seen', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('run_tampers_key', ['session', 'run'])
      .execute()
  },
}
