import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** A task's state now says alone whether it counts as passed. Until here what was passed once was judged again and stayed passed all the same. */
export const passedIsPassed: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`update task_states set status = 'passed', code = 'passed', run = passed_run where passed_at is not null`.execute(
      db,
    )
  },
}
