import type { ZodType } from 'zod'
import type { Outcome } from './verdict.ts'

/** One event of the student engine as the journal keeps it. */
export interface JournalEvent {
  kind: 'event'
  /** Position in the session's journal, from 1, without holes. */
  seq: number
  /** Nanoseconds since the epoch as decimal digits: more than a double can hold. */
  timeNano: string
  type: string
  /** As the engine writes it: also `health_status: healthy`, `exec_create: cat /kept`. */
  action: string
  actorId: string
  /** At most 64 entries of at most 1,000 characters. */
  attributes: Record<string, string>
}

/** The journal missed something before this point. */
export interface JournalGap {
  kind: 'gap'
  seq: number
  timeNano: string
  reason: string
}

export type JournalRow = JournalEvent | JournalGap

export interface ExecResult {
  exitCode: number
  /** At most the bytes that the caller allowed, decoded as UTF-8. */
  stdout: string
  stderr: string
}

/** A student's answer to a task's field. */
export interface GivenAnswer {
  value: string
  tries: number
  at: number
}

/** What a check may ask. Everything is bounded in time and size and ends with `signal`. */
export interface CheckContext {
  engine: EngineView
  journal(): Promise<readonly JournalRow[]>
  /** Runs a static program of the tools mount as root in the sandbox, with an empty environment. */
  exec(argv: string[], options?: { timeoutMs?: number; maxBytes?: number }): Promise<ExecResult>
  /** Answers of the task by field. */
  answers: ReadonlyMap<string, GivenAnswer>
  /** The session's random seed, for tokens that differ by student. */
  seed: string
  now(): number
  signal: AbortSignal
}

/** The student engine as checks see it: typed, bounded, without Docker library types. */
// biome-ignore lint/suspicious/noEmptyInterface: grows with its first check
export interface EngineView {}

/**
 * A question that can be asked of a student engine.
 * `gather` does all the asking, `judge` is pure, `affectedBy` says which events may change the answer.
 */
export interface Check<Params = unknown, Gathered = unknown> {
  name: string
  /** One line for authors. */
  about: string
  params: ZodType<Params>
  /** Every code that `judge` may answer besides `passed`, with its plain meaning. */
  codes: Record<string, string>
  gather(context: CheckContext, params: Params): Promise<Gathered>
  judge(gathered: Gathered, params: Params): Outcome
  affectedBy(event: JournalEvent, params: Params): boolean
}
