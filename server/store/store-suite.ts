import { answerSuite } from './testing/answers-suite.ts'
import { checkpointSuite } from './testing/checkpoints-suite.ts'
import type { OpenStore } from './testing/fresh-store.ts'
import { hintSuite } from './testing/hints-suite.ts'
import { journalSuite } from './testing/journal-suite.ts'
import { receiptSuite } from './testing/receipts-suite.ts'
import { sessionSuite } from './testing/sessions-suite.ts'
import { submissionSuite } from './testing/submissions-suite.ts'
import { userSuite } from './testing/users-suite.ts'
import { verdictSuite } from './testing/verdicts-suite.ts'

/** What every store must do, part by part. */
export function storeSuite(open: OpenStore): void {
  userSuite(open)
  sessionSuite(open)
  verdictSuite(open)
  answerSuite(open)
  journalSuite(open)
  hintSuite(open)
  submissionSuite(open)
  checkpointSuite(open)
  receiptSuite(open)
}
