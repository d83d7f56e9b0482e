import { z } from 'zod'

const word = z.string().max(4096)

/** State of a container as the engine tells it. */
export const containerState = z.looseObject({
  Status: word,
  Running: z.boolean(),
  OOMKilled: z.boolean().default(false),
  Pid: z.int().min(0),
  ExitCode: z.int(),
  Error: z.string().max(100_000).default(''),
  /** Only with a health check. */
  Health: z.looseObject({ Status: word }).nullish(),
})
export type ContainerState = z.infer<typeof containerState>
