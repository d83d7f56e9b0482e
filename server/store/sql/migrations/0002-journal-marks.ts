import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** SQLite cannot change a constraint: the table is made anew. */
export const journalMarks: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table journal rename to journal_before`.execute(db)
    await db.schema
      .createTable('journal')
      .addColumn('session', 'text', (c) => c.notNull().references('sessions.id'))
      .addColumn('seq', 'integer', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull().check(sql`kind in ('event', 'gap', 'mark')`))
      .addColumn('time_nano', 'text', (c) => c.notNull())
      .addColumn('type', 'text')
      .addColumn('action', 'text')
      .addColumn('actor', 'text')
      .addColumn('attributes', 'text')
      .addColumn('reason', 'text')
      .addPrimaryKeyConstraint('journal_key', ['session', 'seq'])
      .execute()
    await sql`insert into journal select * from journal_before`.execute(db)
    await db.schema.dropTable('journal_before').execute()
  },
}
