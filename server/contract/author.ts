import { z } from 'zod'
import { brokenTasks } from './health.ts'
import { taskState, verdict } from './session.ts'

/** Rows of the journal that an author sees; with each batch that follows as well. */
export const MAX_JOURNAL_LINES = 200

const authorCheck = z.object({
  name: z.string(),
  /** JSON, as lab.yaml has it, indented; the start of it. */
  params: z.string(),
  status: taskState.shape.status,
  /** As the task has it; null while unchecked, and so is what follows. */
  code: z.string().nullable(),
  message: z.string().nullable(),
  evidence: verdict.shape.evidence,
  /** JSON of what the verdict was judged from, indented; the start of it. Null also when gathering failed. */
  gathered: z.string().nullable(),
  /** Milliseconds. */
  ms: z.number().nullable(),
  at: z.iso.datetime().nullable(),
})
export type AuthorCheck = z.infer<typeof authorCheck>

export const journalLine = z.object({
  seq: z.int(),
  /** By the clock of the sandbox. */
  at: z.iso.datetime(),
  /** `drydock`: a mark or a gap, not an event of the engine. */
  by: z.enum(['student', 'check', 'drydock']),
  type: z.string(),
  action: z.string(),
  /** Of what it is about: its name, else the start of its id. */
  name: z.string(),
  /** `key=value`, the start of them. */
  attributes: z.string(),
})
export type JournalLine = z.infer<typeof journalLine>

/** `GET /api/author/sessions/:id`, of a server in author mode alone: what an author sees beside a session. */
export const authorSession = z.object({
  /** Why the lab cannot be read as it is now; the session goes on by the last that could. */
  problems: z.array(
    z.object({
      file: z.string(),
      line: z.int().optional(),
      column: z.int().optional(),
      field: z.string().optional(),
      message: z.string(),
    }),
  ),
  /** All tasks of the lab with all their checks, in order. */
  tasks: z.array(z.object({ task: z.string(), checks: z.array(authorCheck) })),
  /** Of this session, while this server remembers it. */
  broken: brokenTasks,
  /** The last rows, oldest first. */
  journal: z.array(journalLine),
})
export type AuthorSession = z.infer<typeof authorSession>
