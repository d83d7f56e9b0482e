import type { GapReason, JournalEvent, JournalRow } from '../check.ts'

const BASE = 1_763_000_000_000_000_000n
let seq = 0

/** An event of container `a`, named mine, so many milliseconds after the beginning. */
export function row(action: string, ms: number, attributes: Record<string, string> = {}): JournalEvent {
  return {
    kind: 'event',
    seq: ++seq,
    timeNano: at(ms),
    type: 'container',
    action,
    actorId: 'a',
    attributes: { name: 'mine', ...attributes },
  }
}

export function rowGap(reason: GapReason, ms: number): JournalRow {
  return { kind: 'gap', seq: ++seq, timeNano: at(ms), reason }
}

/** As an engine reported a true out-of-memory kill. */
export function killedByKernel(): JournalRow[] {
  return [row('create', 0), row('start', 10), row('oom', 80), row('die', 110, { exitCode: '137' })]
}

/** The clock was set back after that row. */
export function clockGap(since: JournalRow, ms: number): JournalRow {
  return { kind: 'gap', seq: ++seq, timeNano: at(ms), reason: 'clock', since: since.seq }
}

function at(ms: number): string {
  return String(BASE + BigInt(ms) * 1_000_000n)
}
