import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What its sandbox may use. Those of before have the usual. */
export const sessionSize: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('sessions').addColumn('size', 'text').execute()
  },
}
