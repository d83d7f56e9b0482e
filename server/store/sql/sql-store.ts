import type { Kysely } from 'kysely'
import type { Store } from '../store.ts'
import { answerPart } from './parts/answers.ts'
import { checkpointPart } from './parts/checkpoints.ts'
import { hintPart } from './parts/hints.ts'
import { journalPart } from './parts/journal.ts'
import { receiptPart } from './parts/receipts.ts'
import { sessionPart } from './parts/sessions.ts'
import { submissionPart } from './parts/submissions.ts'
import { userPart } from './parts/users.ts'
import { verdictPart } from './parts/verdicts.ts'
import type { Schema } from './schema.ts'
import { sqlAccess } from './sql-access.ts'

/** The store in SQL, put together from its parts; `release` is called when the database is let go of. */
export function sqlStore(db: Kysely<Schema>, release: () => void): Store {
  const access = sqlAccess(db)
  return {
    ...userPart(access),
    ...sessionPart(access),
    ...verdictPart(access),
    ...answerPart(access),
    ...journalPart(access),
    ...hintPart(access),
    ...submissionPart(access),
    ...checkpointPart(access),
    ...receiptPart(access),
    async close() {
      await db.destroy()
      release()
    },
  }
}
