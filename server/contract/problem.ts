import { z } from 'zod'

/** RFC 9457 problem details. `code` is one of errors.ts; `hint` says what to do next. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  hint: z.string(),
})
export type Problem = z.infer<typeof problem>
