import type { JournalRow } from '../../../checks/check.ts'
import type { SessionRecord } from './sessions.ts'

/** A copy of a session's machine: made when a task was passed, by hand, or kept with a submission. */
export interface CheckpointRecord {
  /** Its name at the driver, chosen before it is made, so that nothing is left over when that is cut short. */
  id: string
  session: string
  kind: 'task' | 'hand' | 'submitted'
  /** The task that had just turned green; null for one of another kind. */
  task: string | null
  /** The name that the student gave; null for one of another kind. */
  name: string | null
  at: number
  /** What it takes on the host's disk; null while it is being made. */
  bytes: number | null
  /** `seq` of the last row of the journal whose event the copy holds. */
  since: number
  /** When it may be removed though somebody may want it; null while its session decides. */
  keepUntil: number | null
  /** Why there is no copy of a submitted machine; null when there is one. */
  note: string | null
}

export type NewCheckpoint = Omit<CheckpointRecord, 'bytes' | 'since' | 'note'>

/**
 * A session on its way back to a checkpoint. `making`: the new sandbox is being made and the session still has its old one;
 * `made`: it has the new one; `resuming`: it runs again, and the lab's resume.sh has not ended.
 */
export interface ResetRecord {
  session: string
  checkpoint: string
  /** The new sandbox's id, chosen before it exists. */
  sandbox: string
  phase: 'making' | 'made' | 'resuming'
}

export interface CheckpointStore {
  /** Adds a checkpoint that is about to be made. */
  addCheckpoint(checkpoint: NewCheckpoint): Promise<void>
  /** The checkpoint is whole, or has a note why there is none. */
  finishCheckpoint(
    id: string,
    made: Pick<CheckpointRecord, 'since' | 'note'> & { bytes: number },
  ): Promise<void>
  /** Forgets the checkpoint. Resolves if there is none. */
  removeCheckpoint(id: string): Promise<void>
  /** The session's checkpoints, also one that is being made, oldest first. */
  checkpoints(session: string): Promise<CheckpointRecord[]>
  /** Those of all sessions, oldest first, with the state of their session. */
  allCheckpoints(): Promise<(CheckpointRecord & { state: SessionRecord['state'] })[]>

  /** The session is to be set back. Answers false when it is not `ready` or is on its way already. */
  beginReset(reset: Omit<ResetRecord, 'phase'>): Promise<boolean>
  /** Gives the session its new sandbox and appends the rows to its journal, all or nothing; the reset is `made`. Answers with the session, or with undefined when it is no longer ready. */
  switchSandbox(session: string, rows: readonly JournalRow[]): Promise<SessionRecord | undefined>
  /** The reset is `resuming`. */
  resumeReset(session: string): Promise<void>
  /** The reset is over, or given up. Resolves if there is none. */
  endReset(session: string): Promise<void>
  /** The session's reset, if it is on its way. */
  reset(session: string): Promise<ResetRecord | undefined>
  /** All that are on their way. */
  resets(): Promise<ResetRecord[]>
}
