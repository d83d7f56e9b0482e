import { z } from 'zod'

const brokenTask = z.object({
  task: z.string(),
  /** Of the broken verdict that the task shows. */
  code: z.string(),
  message: z.string(),
  /** The cause may pass by itself: trying again is worth it. */
  passes: z.boolean(),
})
export type BrokenTask = z.infer<typeof brokenTask>

/** RFC 9457 problem details. `code` is one of errors.ts; `hint` says what to do next. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  hint: z.string(),
  /** Of `submission-broken`: the tasks that could not be judged, in the lab's order. */
  tasks: z.array(brokenTask).optional(),
})
export type Problem = z.infer<typeof problem>
