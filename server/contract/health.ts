import { z } from 'zod'

/** Judgings of tasks that ended broken; a task that is tried again counts each time. */
export const brokenTasks = z.object({
  tasks: z.int(),
  /** At most 51; `other` is what has no code of the usual form, or came when there were too many. */
  byCode: z.record(z.string(), z.int()),
})
export type BrokenTasks = z.infer<typeof brokenTasks>

export const health = z.object({
  /** `degraded` while no session can be started. */
  status: z.enum(['ok', 'degraded']),
  /** Whether the host engine, on which sandboxes run, can be used. */
  engine: z.enum(['preparing', 'ready', 'unreachable']),
  /** Since the server began. */
  broken: brokenTasks,
})
export type Health = z.infer<typeof health>
