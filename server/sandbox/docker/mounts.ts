/** Where the student engine itself mounts: container roots, the golden store's layers, network namespaces. */
const ENGINE_MOUNTS = /^\/(var\/lib\/docker|run\/docker|run\/drydock\/containerd)\//

/**
 * Mount points that came and went between two lists of lines `DEVICE ROOT POINT`, each as often as it did: one mounted over
 * another is added, one replaced by another is added and gone. What the engine mounts for its own is left out.
 */
export function compareMounts(then: string, now: string): { added: string[]; gone: string[] } {
  const before = lines(then)
  const after = lines(now)
  return { added: missing(after, before), gone: missing(before, after) }
}

const lines = (text: string) => text.split('\n').filter(Boolean)
const pointOf = (line: string) => line.split(' ').at(-1) ?? ''

/** Points of the lines of `from` that `within` has not as often. */
function missing(from: readonly string[], within: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const line of within) left.set(line, (left.get(line) ?? 0) + 1)
  return from.flatMap((line) => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count > 0 || ENGINE_MOUNTS.test(pointOf(line)) ? [] : [pointOf(line)]
  })
}
