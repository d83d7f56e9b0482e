import { randomBytes } from 'node:crypto'

/** A fresh id of a sandbox, as `SandboxSpec` wants it. */
export const newSandboxId = (): string => randomBytes(8).toString('hex')
