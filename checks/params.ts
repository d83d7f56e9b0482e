import { z } from 'zod'

/** Name of a container, image, network or volume as the student writes it. */
export const objectName = z
  .string()
  .max(200)
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_./:-]*$/, 'must be the name of a Docker object')

export const containerName = objectName.describe('Name of the container')

/** A regular expression of JavaScript, Unicode mode, as text. */
export const pattern = z.string().min(1).max(500).refine(isPattern, 'must be a regular expression')

export function toPattern(text: string): RegExp {
  return new RegExp(text, 'u')
}

function isPattern(text: string): boolean {
  try {
    toPattern(text)
    return true
  } catch {
    return false
  }
}

/** An absolute path without `..`, of a file or folder in the sandbox or a container. */
export const sandboxPath = z
  .string()
  .max(500)
  .regex(/^\/[^\0]*[^\0/]$/, 'must be an absolute path')
  .refine((path) => !path.split('/').includes('..'), 'must not hold ..')
