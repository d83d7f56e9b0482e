import type { JournalEvent, JournalRow } from './check.ts'
import { hides, isClockGap, livesOf, millisBetween } from './journal-rows.ts'

export const causes = ['oom', 'killed', 'exited'] as const
export type Cause = (typeof causes)[number]

/** The kernel's kill and the end of the container it hit: measured within milliseconds, on a busy machine within a second. */
const OOM_TO_DIE_MS = 5_000

export interface Death {
  /** `unknown` when events may be missing where the answer lies. */
  cause: Cause | 'unknown'
  die: JournalEvent
  /** The events that decide. */
  witnesses: JournalEvent[]
}

/**
 * How a container's last life that ended did end, from events alone: State.OOMKilled is seen false after a true OOM kill, and true
 * after a child's. `rows` are those about the container and all gaps and marks, in order. Undefined when it never died.
 */
export function causeOfDeath(rows: readonly JournalRow[]): Death | undefined {
  for (const life of livesOf(rows).reverse()) {
    const die = life.events.findLast((event) => event.action === 'die')
    if (!die) continue
    if (life.gaps.some(isClockGap)) return { cause: 'unknown', die, witnesses: [] }
    const kills = life.events.filter((event) => event.action === 'kill')
    const oom = life.events.findLast(
      (event) => event.action === 'oom' && Math.abs(millisBetween(rows, event, die)) <= OOM_TO_DIE_MS,
    )
    const witnesses = [...kills, ...(oom ? [oom] : [])]
    if (kills.length > 0) return { cause: 'killed', die, witnesses }
    if (hides(life.gaps)) return { cause: 'unknown', die, witnesses }
    return { cause: oom && die.attributes.exitCode === '137' ? 'oom' : 'exited', die, witnesses }
  }
  return undefined
}
