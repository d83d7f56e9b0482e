import type { AnswerTables } from './tables/answers.ts'
import type { CheckpointTables } from './tables/checkpoints.ts'
import type { HintTables } from './tables/hints.ts'
import type { JournalTables } from './tables/journal.ts'
import type { ReceiptTables } from './tables/receipts.ts'
import type { SessionTables } from './tables/sessions.ts'
import type { SubmissionTables } from './tables/submissions.ts'
import type { UserTables } from './tables/users.ts'
import type { VerdictTables } from './tables/verdicts.ts'

/** Tables as the latest migration leaves them. Times are milliseconds since the epoch, JSON columns are text. */
export interface Schema
  extends UserTables,
    SessionTables,
    VerdictTables,
    AnswerTables,
    JournalTables,
    HintTables,
    SubmissionTables,
    CheckpointTables,
    ReceiptTables {}
