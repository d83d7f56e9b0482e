import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What the names of the lab images meant when a session's sandbox was made: later sandboxes may have newer ones. */
export const sessionImages: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('sessions').addColumn('images', 'text').execute()
  },
}
