import type { SandboxChanges } from '../sandbox-driver.ts'
import { compareMounts } from './mounts.ts'

/** Most paths that are listed. */
export const CHANGES_LIMIT = 2_000

/** Reads the helper's three parts, divided by `=`: NUL-ended names in base64, the mounts of the start, those of now. */
export function parseChanges(text: string): SandboxChanges {
  const [names = '', then = '', now = ''] = text.split(/^=$/m).map((part) => part.trim())
  const paths = Buffer.from(names, 'base64')
    .toString('utf8')
    .split('\0')
    .filter(Boolean)
    .map((name) => name.replace(/^\./, ''))
  return {
    paths: paths.slice(0, CHANGES_LIMIT),
    truncated: paths.length > CHANGES_LIMIT,
    mounts: compareMounts(then, now).added,
  }
}
