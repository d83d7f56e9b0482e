import type { JournalRow } from '../../checks/check.ts'
import type { CheckUse } from '../../checks/run-check.ts'
import type { Verdict } from '../../checks/verdict.ts'
import type { ErrorCode } from '../errors.ts'

/** All times are milliseconds since the epoch. Every method rejects with `store-failed` when the database did not take or give it. */
export type Role = 'student' | 'instructor' | 'admin'

export interface UserRecord {
  id: string
  name: string
  role: Role
}

export const openStates = ['requested', 'starting', 'ready', 'ending'] as const
export type OpenState = (typeof openStates)[number]
export type SessionStateName = OpenState | 'ended' | 'failed'

export interface StepRecord {
  name: 'disk' | 'sandbox' | 'engine' | 'setup'
  /** Milliseconds; null while it is under way. */
  ms: number | null
}

export interface SessionRecord {
  id: string
  owner: string
  lab: string
  /** Hash of the lab's content when the session was asked for. */
  labHash: string
  state: SessionStateName
  /** The sandbox's id, chosen before the sandbox exists, so that nothing can be lost between the two. */
  sandbox: string
  /** Random; checks derive from it what differs between students. */
  seed: string
  engineReady: boolean
  steps: StepRecord[]
  createdAt: number
  readyAt: number | null
  endedAt: number | null
  problem: { code: ErrorCode; detail: string } | null
}

export type NewSession = Pick<
  SessionRecord,
  'id' | 'owner' | 'lab' | 'labHash' | 'sandbox' | 'seed' | 'createdAt'
>
export type AddedSession = { outcome: 'created' | 'open'; session: SessionRecord } | { outcome: 'limit' }
export type SessionChange = Partial<
  Pick<SessionRecord, 'state' | 'engineReady' | 'steps' | 'readyAt' | 'endedAt' | 'problem'>
>

/** A verdict with what it was judged from, so that it can be judged again. */
export interface VerdictRecord {
  verdict: Verdict
  /** The check as the lab used it. */
  use: CheckUse
  /** JSON that `gather` answered; null when it failed. */
  gathered: string | null
}

export interface TaskRecord {
  task: string
  status: 'passed' | 'not-yet' | 'broken'
  code: string
  /** When it was first passed. */
  passedAt: number | null
}

/** One press of Check: the verdicts of some tasks and the states that follow from them. */
export interface CheckRun {
  /** Unique; names the run in receipts. */
  id: string
  session: string
  /** Hash of the lab's content that the checks came from. */
  labHash: string
  at: number
  verdicts: VerdictRecord[]
  tasks: Omit<TaskRecord, 'passedAt'>[]
}

export interface AnswerRecord {
  task: string
  field: string
  value: string
  tries: number
  at: number
}

/** A session keeps at most so many verdicts; beyond it the oldest go, never a task's latest nor those of the run that first passed it. */
export const MAX_VERDICTS_PER_SESSION = 500

export interface Store {
  /** Adds the user, or changes name and role of the one with that id. */
  putUser(user: UserRecord): Promise<void>
  /** The user of that id, if any. */
  user(id: string): Promise<UserRecord | undefined>

  /**
   * Adds a session in state `requested`. Adds none when the owner has an open one for that lab (`open`, with that one)
   * or has `maxOpen` open ones already (`limit`).
   */
  addSession(session: NewSession, maxOpen: number): Promise<AddedSession>
  /** The session of that id, whoever owns it, if any. */
  session(id: string): Promise<SessionRecord | undefined>
  /** Changes the session if it is in one of the states `from`; answers with it as it then is, or with undefined when it is in another state or unknown. */
  changeSession(
    id: string,
    from: readonly SessionStateName[],
    change: SessionChange,
  ): Promise<SessionRecord | undefined>
  /** All sessions in an open state, of one owner or of all, oldest first. */
  openSessions(owner?: string): Promise<SessionRecord[]>
  /** The owner's sessions with the tasks passed in each, newest first, at most `limit`. */
  sessionsOf(owner: string, limit: number): Promise<{ session: SessionRecord; passed: string[] }[]>

  /** Keeps the run's verdicts with their evidence and the task states, all or nothing; `passedAt` is set by the first pass and stays. */
  addCheckRun(run: CheckRun): Promise<void>
  /** The verdicts of each task's latest run, in the order they were judged in. */
  latestVerdicts(session: string): Promise<Verdict[]>
  /** Every verdict kept for the session with its evidence as gathered, oldest first. */
  verdicts(session: string): Promise<VerdictRecord[]>
  /** States of the tasks that were checked at least once. */
  tasks(session: string): Promise<TaskRecord[]>

  /** Keeps the answer as the field's latest and counts one more try; answers with the record. */
  giveAnswer(session: string, answer: Omit<AnswerRecord, 'tries'>): Promise<AnswerRecord>
  /** The latest answer of each field. */
  answers(session: string): Promise<AnswerRecord[]>

  /** Keeps the rows, all or none; rows already there are left as they are, so a batch may be sent again. */
  appendJournal(session: string, rows: readonly JournalRow[]): Promise<void>
  /** The session's journal in order, from `afterSeq` (exclusive) on. */
  journal(session: string, afterSeq?: number): Promise<JournalRow[]>
  /** The last row's `seq`; 0 when there is none. */
  lastJournalSeq(session: string): Promise<number>

  /** Lets go of the database; the store cannot be used afterwards. */
  close(): Promise<void>
}
