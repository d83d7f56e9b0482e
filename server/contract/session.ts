import { z } from 'zod'

export const verdict = z.object({
  task: z.string(),
  check: z.string(),
  status: z.enum(['passed', 'not-yet', 'broken']),
  code: z.string(),
  message: z.string(),
  evidence: z.array(z.object({ expected: z.string(), observed: z.string(), source: z.string() })),
  /** ISO 8601 time. */
  at: z.iso.datetime(),
})
export type Verdict = z.infer<typeof verdict>

/** What of a machine was not as at its start, for a person to look at: a place in it, and a sentence that accuses nobody. */
const machineFinding = z.object({ path: z.string(), what: z.string() })
export type MachineFinding = z.infer<typeof machineFinding>

export const taskState = z.object({
  task: z.string(),
  status: z.enum(['unchecked', 'passed', 'not-yet', 'broken']),
  /** The code shown: `passed`, or that of the first verdict that is not; null while unchecked. */
  code: z.string().nullable(),
  /** The latest verdict of each check, in the task's order. */
  verdicts: z.array(verdict),
  /** When it was first passed. Whether it counts as passed now is what `status` says. */
  passedAt: z.iso.datetime().nullable(),
  /** Judged by itself when something happens; false: only when Check is pressed, because its checks take long or measure time. */
  live: z.boolean(),
  /** Hints taken so far, markdown, in order; `left` is how many more the ladder has for the code shown now. */
  hints: z.object({ taken: z.array(z.string()), left: z.int() }),
  /** What of the machine was not as at its start when this was judged. */
  tampered: z.array(machineFinding),
})
export type TaskState = z.infer<typeof taskState>

const startStep = z.object({
  /** `resume`: the lab's own preparation after a reset. */
  name: z.enum(['disk', 'sandbox', 'engine', 'setup', 'resume']),
  /** Milliseconds it took; null while it is under way. */
  ms: z.number().nullable(),
})

const sessionState = z.enum(['requested', 'starting', 'ready', 'ending', 'ended', 'failed'])

export const givenAnswer = z.object({
  task: z.string(),
  field: z.string(),
  value: z.string(),
  tries: z.int(),
  at: z.iso.datetime(),
})

export const checkpoint = z.object({
  id: z.string(),
  /** The task that had just turned green; null for one taken by hand. */
  task: z.string().nullable(),
  /** The name that the student gave; null for one of a task. */
  name: z.string().nullable(),
  at: z.iso.datetime(),
  bytes: z.int(),
})
export type Checkpoint = z.infer<typeof checkpoint>

/** How a session was graded when it was submitted. Points are of the tasks' weights, hints taken off. */
export const submission = z.object({
  at: z.iso.datetime(),
  points: z.number(),
  of: z.number(),
  tasks: z.array(
    z.object({
      task: z.string(),
      passed: z.boolean(),
      points: z.number(),
      of: z.number(),
      code: z.string(),
      /** It could not be judged and was handed in anyway: no points now, for a person to judge. */
      broken: z.boolean(),
    }),
  ),
  /** What of the machine was not as at its start when it was submitted. */
  tampered: z.array(machineFinding),
  /** Id of the receipt, to be had from `/api/sessions/:id/receipt`; null for the moment until it is made. */
  receipt: z.string().nullable(),
})
export type Submission = z.infer<typeof submission>

export const session = z.object({
  id: z.string(),
  lab: z.string(),
  state: sessionState,
  /** The engine answers: a terminal can be opened, also while the lab is still being prepared. */
  engineReady: z.boolean(),
  steps: z.array(startStep),
  /** What its machine may use: bytes, processes, and CPUs (null: half of the computer's). Null for sessions of before that was kept. */
  size: z
    .object({ memoryBytes: z.number(), diskBytes: z.number(), pids: z.int(), cpus: z.number().nullable() })
    .nullable(),
  /** It waits in line for its start. `place` 1 is the next; `startsIn` in milliseconds, null while the machine is full. */
  waiting: z.object({ place: z.int(), startsIn: z.number().nullable() }).nullable(),
  createdAt: z.iso.datetime(),
  /** When its turn to start came; null while it waits in line. */
  begunAt: z.iso.datetime().nullable(),
  readyAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  /** What is left of its time; null before it is ready and after its end. */
  time: z
    .object({
      /** Milliseconds, as this was written: no clock of the page's is asked. */
      left: z.number(),
      endsAt: z.iso.datetime(),
      /** What one extension adds, in milliseconds. */
      extension: z.number(),
      /** How often it was extended, and how often it still can be. */
      extended: z.int(),
      extensionsLeft: z.int(),
    })
    .nullable(),
  /** The disk of its sandbox is nearly full: whole percent of its bytes, or of the files that it can hold. Null while there is room. */
  disk: z.object({ used: z.int(), of: z.enum(['bytes', 'files']) }).nullable(),
  /** It ended because its time was over. */
  outOfTime: z.boolean(),
  /** Why it failed, with what to do. */
  problem: z.object({ code: z.string(), title: z.string(), detail: z.string(), hint: z.string() }).nullable(),
  tasks: z.array(taskState),
  answers: z.array(givenAnswer),
  /** Oldest first. */
  checkpoints: z.array(checkpoint),
  /** Set while the machine is set back to a checkpoint: the shells are gone and the engine starts anew. */
  resetting: z.boolean(),
  submission: submission.nullable(),
})
export type Session = z.infer<typeof session>

/** One row of `GET /api/sessions`: all of the caller's sessions, newest first, at most 500. */
export const sessionSummary = session
  .pick({ id: true, lab: true, state: true, createdAt: true, endedAt: true })
  .extend({
    /** Ids of the tasks passed in this session. */
    passed: z.array(z.string()),
  })
export type SessionSummary = z.infer<typeof sessionSummary>

export const createSession = z.object({ lab: z.string().min(1).max(100) }).strict()
/** Which tasks to check: all without `task`. */
export const runChecks = z.object({ task: z.string().max(100).optional() }).strict()
/** The verdicts of what was checked, and the states of all tasks. */
export const checksResult = z.object({ verdicts: z.array(verdict), tasks: z.array(taskState) })
export type ChecksResult = z.infer<typeof checksResult>
/** `seen`: how many of the task's hints the page shows; with more already taken none is taken. */
export const takeHint = z.object({ task: z.string().max(100), seen: z.int().min(0).optional() }).strict()
/** `anyway`: tasks that cannot be judged now are handed in without points, marked for a person to judge. */
export const submitSession = z.object({ anyway: z.boolean().optional() }).strict()
/** `extended`: how often it was, as the page shows it; when it was extended meanwhile nothing is added. */
export const extendSession = z.object({ extended: z.int().min(0) }).strict()
export const nameCheckpoint = z.object({ name: z.string().trim().min(1).max(60) }).strict()
export const resetSession = z.object({ checkpoint: z.string().max(64) }).strict()
export const giveAnswer = z
  .object({ task: z.string().max(100), field: z.string().max(100), value: z.string().max(500) })
  .strict()
