import type { LabSummary } from '../../../../server/contract/lab.ts'
import type { SessionSummary } from '../../../../server/contract/session.ts'

export type LabState = 'not-started' | 'under-way' | 'passed'

export interface LabRow {
  lab: LabSummary
  /** Tasks passed in any session of this person, at most all. */
  passed: number
  state: LabState
  /** The open session, when there is one. */
  open: SessionSummary | undefined
}

export interface Filter {
  /** Words that must all occur in title, promise or slug. */
  q: string
  /** '' for all. */
  track: string
  state: LabState | 'all'
}

const OPEN: ReadonlySet<SessionSummary['state']> = new Set(['requested', 'starting', 'ready'])

/** One row a lab, with what the person has done in it. `sessions` come newest first. */
export function labRows(labs: readonly LabSummary[], sessions: readonly SessionSummary[]): LabRow[] {
  return labs.map((lab) => {
    const own = sessions.filter((session) => session.lab === lab.slug)
    const passed = Math.min(lab.tasks, new Set(own.flatMap((session) => session.passed)).size)
    const state = own.length === 0 ? 'not-started' : passed === lab.tasks ? 'passed' : 'under-way'
    return { lab, passed, state, open: own.find((session) => OPEN.has(session.state)) }
  })
}

/** The rows that a filter lets through, in their order. */
export function filtered(rows: readonly LabRow[], { q, track, state }: Filter): LabRow[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  return rows.filter((row) => {
    const text = `${row.lab.title} ${row.lab.promise} ${row.lab.slug}`.toLowerCase()
    return (
      (track === '' || row.lab.track === track) &&
      (state === 'all' || row.state === state) &&
      words.every((word) => text.includes(word))
    )
  })
}

/** The rows by track, tracks in the order of their first lab. */
export function byTrack(rows: readonly LabRow[]): { track: string; rows: LabRow[] }[] {
  return [...Map.groupBy(rows, (row) => row.lab.track)].map(([track, rows]) => ({ track, rows }))
}
