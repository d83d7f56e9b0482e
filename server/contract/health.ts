import { z } from 'zod'

export const health = z.object({
  /** `degraded` while no session can be started. */
  status: z.enum(['ok', 'degraded']),
  /** Whether the host engine, on which sandboxes run, can be used. */
  engine: z.enum(['preparing', 'ready', 'unreachable']),
})
export type Health = z.infer<typeof health>
