import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Which events are of what checks made, and the inspect data that verdicts were judged from. */
export const toldApart: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('journal').addColumn('by', 'text').execute()
    await db.schema.alterTable('verdicts').addColumn('snapshots', 'text').execute()
  },
}
