import type { Snapshot } from '../../../checks/check.ts'
import type { CheckUse } from '../../../checks/run-check.ts'
import type { Verdict } from '../../../checks/verdict.ts'

/** A verdict with what it was judged from, so that it can be judged again. */
export interface VerdictRecord {
  verdict: Verdict
  /** The check as the lab used it. */
  use: CheckUse
  /** JSON that `gather` answered; null when it failed. */
  gathered: string | null
  /** What the check got when it inspected something, secrets masked. */
  snapshots?: readonly Snapshot[]
}

export interface TaskRecord {
  task: string
  status: 'passed' | 'not-yet' | 'broken'
  code: string
  /** When it was first passed. */
  passedAt: number | null
}

/** What was seen of a machine beside a run, and whether its verdicts are to be looked at by a person. */
export interface TamperRecord {
  tampered: boolean
  /** JSON. */
  seen: string
}

/** What was seen, as in `TamperRecord`, beside the run from which the task's state follows. */
export interface SeenBeside {
  task: string
  seen: string
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
  /** What was seen of the machine meanwhile; absent where nobody looked. */
  tamper?: TamperRecord
}

/** A session keeps at most so many verdicts; beyond it the oldest go, never a task's latest nor those of the run that first passed it. */
export const MAX_VERDICTS_PER_SESSION = 500

export interface VerdictStore {
  /** Keeps the run's verdicts with their evidence and the task states, all or nothing; `passedAt` is set by the first pass and stays. */
  addCheckRun(run: CheckRun): Promise<void>
  /** The verdicts of each task's latest run, in the order they were judged in. */
  latestVerdicts(session: string): Promise<Verdict[]>
  /** Every verdict kept for the session with its evidence as gathered, oldest first. */
  verdicts(session: string): Promise<VerdictRecord[]>
  /** What each task may count by: the verdicts of the run that first passed it, and those of its latest run. */
  verdictsBehind(session: string): Promise<{ firstPass: VerdictRecord[]; latest: VerdictRecord[] }>
  /** Keeps what was seen of the machine for a run that was kept without it. */
  addTamper(session: string, run: string, at: number, tamper: TamperRecord): Promise<void>
  /** The tasks whose state follows from a run beside which the machine was seen tampered with. */
  tamperedTasks(session: string): Promise<SeenBeside[]>
  /** What was seen beside each run that is kept, oldest first. */
  tampers(session: string): Promise<(TamperRecord & { run: string; at: number })[]>
  /** States of the tasks that were checked at least once. */
  tasks(session: string): Promise<TaskRecord[]>
}
