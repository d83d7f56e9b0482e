import { randomBytes } from 'node:crypto'

/** A fresh name for a checkpoint of this sandbox: its id, a hyphen and eight hex digits. */
export function checkpointName(sandbox: string): string {
  return `${sandbox}-${randomBytes(4).toString('hex')}`
}

/** The sandbox that a checkpoint of this name was taken of. */
export function sandboxOf(checkpoint: string): string {
  return checkpoint.slice(0, 16)
}
