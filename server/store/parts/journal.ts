import type { JournalRow } from '../../../checks/check.ts'

export interface JournalStore {
  /** Keeps the rows, all or none; rows already there are left as they are, so a batch may be sent again. */
  appendJournal(session: string, rows: readonly JournalRow[]): Promise<void>
  /** The session's journal in order, from `afterSeq` (exclusive) on. */
  journal(session: string, afterSeq?: number): Promise<JournalRow[]>
  /** The last row's `seq`; 0 when there is none. */
  lastJournalSeq(session: string): Promise<number>
}
