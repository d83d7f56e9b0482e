import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { first } from './migrations/0001-first.ts'
import { journalMarks } from './migrations/0002-journal-marks.ts'
import { passedIsPassed } from './migrations/0003-passed-is-passed.ts'
import { hints } from './migrations/0004-hints.ts'
import { submissions } from './migrations/0005-submissions.ts'
import { checkpoints } from './migrations/0006-checkpoints.ts'
import { receipts } from './migrations/0009-receipts.ts'
import { toldApart } from './migrations/0010-told-apart.ts'
import { tamper } from './migrations/0011-tamper.ts'
import { sessionImages } from './migrations/0012-session-images.ts'
import { sessionEnds } from './migrations/0013-session-ends.ts'
import { sessionBegun } from './migrations/0014-session-begun.ts'
import { sessionSize } from './migrations/0015-session-size.ts'

/** Applied in the order of their names; one that was released is never changed again. */
const migrations: Record<string, Migration> = {
  '0001-first': first,
  '0002-journal-marks': journalMarks,
  '0003-passed-is-passed': passedIsPassed,
  '0004-hints': hints,
  '0005-submissions': submissions,
  '0006-checkpoints': checkpoints,
  '0009-receipts': receipts,
  '0010-told-apart': toldApart,
  '0011-tamper': tamper,
  '0012-session-images': sessionImages,
  '0013-session-ends': sessionEnds,
  '0014-session-begun': sessionBegun,
  '0015-session-size': sessionSize,
}

/** Brings the database to the latest migration; throws what the failing one threw. */
export async function migrate(db: Kysely<unknown>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error
}

/** Whether the database is at the latest migration. Reads only. */
export async function isMigrated(db: Kysely<unknown>): Promise<boolean> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  return (await migrator.getMigrations()).every(({ executedAt }) => executedAt !== undefined)
}
