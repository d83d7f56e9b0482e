import type { SandboxChanges } from '../sandbox-driver.ts'

/** Most paths that are listed. */
export const CHANGES_LIMIT = 2_000

/** Where the student engine itself mounts: container roots, the golden store's layers, network namespaces. */
const ENGINE_MOUNTS = /^\/(var\/lib\/docker|run\/docker|run\/drydock\/containerd)\//

/** Mount points of `now` that `then` has not, each as often as it was mounted over. */
function added(then: string[], now: string[]): string[] {
  const known = new Map<string, number>()
  for (const point of then) known.set(point, (known.get(point) ?? 0) + 1)
  return now.filter((point) => {
    const left = known.get(point) ?? 0
    known.set(point, left - 1)
    return left <= 0 && !ENGINE_MOUNTS.test(point)
  })
}

/** Reads the helper's three parts, divided by `=`: NUL-ended names in base64, mount points of the start, those of now. */
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
    mounts: added(then.split('\n'), now.split('\n')),
  }
}
