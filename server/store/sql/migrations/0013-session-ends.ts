import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** When the time of a session is over. Those of before have no end. */
export const sessionEnds: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('sessions').addColumn('ends_at', 'integer').execute()
    for (const name of ['extended', 'out_of_time'])
      await db.schema
        .alterTable('sessions')
        .addColumn(name, 'integer', (column) => column.notNull().defaultTo(0))
        .execute()
  },
}
