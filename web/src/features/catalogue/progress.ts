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

/** One row a lab, in the catalogue's order, with what the person has done in it. `sessions` come newest first. */
export function labRows(labs: readonly LabSummary[], sessions: readonly SessionSummary[]): LabRow[] {
  return inOrder(labs).map((lab) => {
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

/** The labs as the catalogue lists them: each after those that it needs, otherwise as the server gives them. */
function inOrder(labs: readonly LabSummary[]): LabSummary[] {
  const bySlug = new Map(labs.map((lab) => [lab.slug, lab]))
  const placed = new Set<LabSummary>()
  const seen = new Set<LabSummary>()
  const place = (lab: LabSummary) => {
    // Labs that need each other are left as they came.
    if (seen.has(lab)) return
    seen.add(lab)
    for (const slug of lab.needs) {
      const needed = bySlug.get(slug)
      if (needed) place(needed)
    }
    placed.add(lab)
  }
  for (const lab of labs) place(lab)
  return [...placed]
}

/** The rows by track, tracks in the order of their first lab. */
export function byTrack(rows: readonly LabRow[]): { track: string; rows: LabRow[] }[] {
  return [...Map.groupBy(rows, (row) => row.lab.track)].map(([track, rows]) => ({ track, rows }))
}
