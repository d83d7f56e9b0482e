import type { JournalRow } from '../../checks/check.ts'

/**
 * How long after the end of a container the news may come that the kernel killed it for memory: the two go different ways through
 * containerd. Seen up to 55 ms late, in 20 of 2,450 kills, with both cores busy.
 */
const SETTLES_MS = 1_000
/** What a kill leaves: 128 and the number of SIGKILL. */
const KILLED = '137'
/** A flood of ends is judged as it stands. */
const MAX_WATCHED = 1_000

/** Knows the containers that ended as if killed, a moment ago, and of which nothing yet says by whom. */
export class UnexplainedDeaths {
  /** Containers of whose current life a kill or an `oom` is known. */
  readonly #explained = new Set<string>()
  /** When they ended, by container. */
  readonly #open = new Map<string, number>()

  /** `nowMs`: when it came. */
  saw(row: JournalRow, nowMs: number): void {
    if (row.kind !== 'event' || row.type !== 'container') return
    const { action, actorId, attributes } = row
    if (action === 'start' || action === 'destroy') this.#explained.delete(actorId)
    if (action === 'kill' || action === 'oom') {
      this.#open.delete(actorId)
      if (this.#explained.size < MAX_WATCHED) this.#explained.add(actorId)
    }
    if (action === 'die' && attributes.exitCode === KILLED && !this.#explained.has(actorId))
      if (this.#open.size < MAX_WATCHED) this.#open.set(actorId, nowMs)
  }

  /** In how many milliseconds all of them count as explained; 0 when they do. */
  settleIn(nowMs: number): number {
    for (const [id, at] of this.#open) if (nowMs - at >= SETTLES_MS || nowMs < at) this.#open.delete(id)
    return Math.max(0, ...[...this.#open.values()].map((at) => at + SETTLES_MS - nowMs))
  }
}
