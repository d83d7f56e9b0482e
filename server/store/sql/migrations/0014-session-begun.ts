import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** When its turn to start came: before that it waited in line. */
export const sessionBegun: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('sessions').addColumn('begun_at', 'integer').execute()
  },
}
