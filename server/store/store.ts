import type { AnswerStore } from './parts/answers.ts'
import type { CheckpointStore } from './parts/checkpoints.ts'
import type { HintStore } from './parts/hints.ts'
import type { JournalStore } from './parts/journal.ts'
import type { ReceiptStore } from './parts/receipts.ts'
import type { SessionStore } from './parts/sessions.ts'
import type { SubmissionStore } from './parts/submissions.ts'
import type { UserStore } from './parts/users.ts'
import type { VerdictStore } from './parts/verdicts.ts'

export * from './parts/answers.ts'
export * from './parts/checkpoints.ts'
export * from './parts/hints.ts'
export * from './parts/journal.ts'
export * from './parts/receipts.ts'
export * from './parts/sessions.ts'
export * from './parts/submissions.ts'
export * from './parts/users.ts'
export * from './parts/verdicts.ts'

/**
 * What must survive, by subject: one file of `parts/` each, and beside it one of `sql/parts/`, `sql/tables/` and `testing/`.
 * All times are milliseconds since the epoch. Every method rejects with `store-failed` when the database did not take or give it.
 */
export interface Store
  extends UserStore,
    SessionStore,
    VerdictStore,
    AnswerStore,
    JournalStore,
    HintStore,
    SubmissionStore,
    CheckpointStore,
    ReceiptStore {
  /** Lets go of the database; the store cannot be used afterwards. */
  close(): Promise<void>
}
