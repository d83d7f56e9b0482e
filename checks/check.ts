import type { ZodType } from 'zod'
import type { EngineView } from './engine-view.ts'
import type { FileLimits, SandboxFiles } from './files.ts'
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
  /** A check made what this is about: no student can forge it. All else is the student's or the engine's. */
  by?: 'check'
}

/** Why the journal may miss something. */
export type GapReason =
  /** The stream broke and the engine no longer remembers what came meanwhile. */
  | 'lost'
  /** More came than is kept. */
  | 'flood'
  /** The same, but only events of exec and health checks were left out. */
  | 'exec-flood'
  /** Nothing is kept from here on. */
  | 'full'
  /** The engine's clock was set back: the order and the times of what came before are in doubt. */
  | 'clock'

/** The journal missed something before this point. */
export interface JournalGap {
  kind: 'gap'
  seq: number
  timeNano: string
  /** A GapReason, as stored. */
  reason: string
  /** Of `clock`: the `seq` of the last row whose time lay ahead of the engine's clock; the gap's place is right after it. */
  since?: number
}

/** Something that Drydock itself did to the machine at this point. */
export interface JournalMark {
  kind: 'mark'
  seq: number
  timeNano: string
  /** `freeze` and `thaw`: the sandbox stood still between the two. `reset`: the machine was set back. */
  reason: 'freeze' | 'thaw' | 'reset'
  /** Of a reset: the `seq` of the last row before the checkpoint that was restored; rows between that and the mark belong to a machine that is no more. */
  since?: number
}

export type JournalRow = JournalEvent | JournalGap | JournalMark

export interface ExecOptions {
  /** Default 10 s. */
  timeoutMs?: number
  /** Of standard output, default 64 kB; more ends it with `probe-failed`. */
  maxBytes?: number
  /** Streamed to its standard input. */
  input?: string
  user?: 'root' | 'student'
  /** Its whole environment. */
  env?: Record<string, string>
  cwd?: string
}

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

/** What inspecting an object answered to a check, kept with its verdict. */
export interface Snapshot {
  kind: 'container' | 'image' | 'network' | 'volume'
  /** As the check asked for it. */
  ref: string
  /** Milliseconds since the epoch. */
  at: number
  /** JSON value as inspected, values of secrets masked; null when there was no such object. */
  data: unknown
  /** Some of it was left out for its size. */
  cut?: true
}

/** What a check may ask. Everything is bounded in time and size and ends with `signal`. */
export interface CheckContext {
  engine: EngineView
  /** All rows of the machine as it is now, in the order of their time; includes every event that the engine emitted before the call. */
  journal(): Promise<readonly JournalRow[]>
  /**
   * Runs a program in the sandbox: as root with an empty environment and standard input without options. A program of the tools
   * mount is ours; any other, and all that it loads, may have been replaced by the student.
   */
  exec(argv: string[], options?: ExecOptions): Promise<ExecResult>
  /** A copy of a file or folder of the sandbox: an absolute path. What is linked to is not followed. */
  files(path: string, limits: FileLimits): Promise<SandboxFiles>
  /** Answers by field. */
  answers: ReadonlyMap<string, GivenAnswer>
  /** Golden images: the name that the student sees to the image's ID. Probes run by ID, since tags can be moved. */
  images: ReadonlyMap<string, string>
  /** The session's random seed, for tokens that differ by student. */
  seed: string
  now(): number
  /** Resolves after so many milliseconds; rejects when `signal` aborts. */
  wait(ms: number): Promise<void>
  signal: AbortSignal
}

/** Why a check could not be judged: our fault, never the student's. */
export type BrokenCode =
  | 'engine-down'
  | 'engine-answer'
  | 'timeout'
  | 'fixture-missing'
  | 'journal-gap'
  | 'probe-failed'
  | 'check-unknown'
  | 'check-invalid'
  | 'check-failed'

/** Thrown by `gather` when the question cannot be asked. */
export class CheckFault extends Error {
  readonly code: BrokenCode
  constructor(code: BrokenCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CheckFault'
    this.code = code
  }
}

/**
 * A question that can be asked of a student engine.
 * `gather` does all the asking, `judge` is pure, `affectedBy` says which events may change the answer.
 */
export interface Check<Params = unknown, Gathered = unknown> {
  name: string
  /** One line for authors. */
  about: string
  /** A use, and the sentence that it says of a lab; every check of Drydock has one. */
  example?: { says: string; with: Record<string, unknown> }
  params: ZodType<Params>
  /** Every code that `judge` may answer besides `passed`, with its plain meaning. */
  codes: Record<string, string>
  /** Codes that the parameters declare beside those. */
  moreCodes?(params: Params): Record<string, string>
  gather(context: CheckContext, params: Params): Promise<Gathered>
  judge(gathered: Gathered, params: Params): Outcome
  /**
   * The part of the parameters that `gather` depends on. Evidence gathered for equal parts can be judged again under other
   * parameters. All of them without.
   */
  asks?(params: Params): unknown
  /** Its verdict depends on measured time: nothing may hold the sandbox still while it gathers. */
  timed?: true | ((params: Params) => boolean)
  /** Whether a pass says when what was asked for happened: only such a use can stand in `sequence` and `within`. */
  hasMoment?(params: Params): boolean
  affectedBy(event: JournalEvent, params: Params): boolean
}
