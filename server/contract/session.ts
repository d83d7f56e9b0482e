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

export const taskState = z.object({
  task: z.string(),
  status: z.enum(['unchecked', 'passed', 'not-yet', 'broken']),
  /** The code shown: `passed`, or that of the first verdict that is not; null while unchecked. */
  code: z.string().nullable(),
  /** The latest verdict of each check, in the task's order. */
  verdicts: z.array(verdict),
  /** When it was first passed. */
  passedAt: z.iso.datetime().nullable(),
})
export type TaskState = z.infer<typeof taskState>

const startStep = z.object({
  name: z.enum(['disk', 'sandbox', 'engine', 'setup']),
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

export const session = z.object({
  id: z.string(),
  lab: z.string(),
  state: sessionState,
  /** The engine answers: a terminal can be opened, also while the lab is still being prepared. */
  engineReady: z.boolean(),
  steps: z.array(startStep),
  createdAt: z.iso.datetime(),
  readyAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  /** Why it failed, with what to do. */
  problem: z.object({ code: z.string(), title: z.string(), detail: z.string(), hint: z.string() }).nullable(),
  tasks: z.array(taskState),
  answers: z.array(givenAnswer),
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
export const giveAnswer = z
  .object({ task: z.string().max(100), field: z.string().max(100), value: z.string().max(500) })
  .strict()
