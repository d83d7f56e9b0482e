import type { Proof, ProofRow } from './lab-proof.ts'

/** What came of one claim in all its runs. */
export interface ClaimReport extends Omit<ProofRow, 'observed' | 'ok'> {
  ok: boolean
  runs: number
  /** In so many of them it was as expected. */
  held: number
  /** What was observed, with the number of runs, most often first. */
  observed: { what: string; runs: number }[]
  /** Milliseconds of each run. */
  ms: number[]
  /** Of the last run that was not as expected: what the student would have read, and what the solution printed last. */
  detail: string[]
}

/** So much of what a solution printed helps to see why it was off. */
const LAST_LINES = 6

/** Puts the runs of one claim together; there is at least one. */
export function claimReport(proofs: readonly Proof[]): ClaimReport {
  const rows = proofs.map(({ row }) => row)
  const [first] = rows
  if (!first) throw new RangeError('a claim without a run')
  const { observed: _, ok: __, ...named } = first
  const counts = new Map<string, number>()
  for (const { observed } of rows) counts.set(observed, (counts.get(observed) ?? 0) + 1)
  const held = rows.filter(({ ok }) => ok).length
  const off = proofs.findLast(({ row }) => !row.ok)
  return {
    ...named,
    ok: held === rows.length,
    runs: rows.length,
    held,
    observed: [...counts].map(([what, runs]) => ({ what, runs })).sort((a, b) => b.runs - a.runs),
    ms: proofs.map(({ ms }) => Math.round(ms)),
    detail: off ? detailOf(off) : [],
  }
}

/** `passed`, or with several runs `passed 19, exit-code-faked 1`. */
export function showObserved({ observed, runs }: Pick<ClaimReport, 'observed' | 'runs'>): string {
  if (observed.length === 1 || runs === 1) return observed[0]?.what ?? ''
  return observed.map(({ what, runs: times }) => `${what} (${times})`).join(', ')
}

function detailOf({ graded, output }: Proof): string[] {
  const verdicts = graded.flatMap(({ task, checks }) => checks.map(({ verdict }) => ({ task, verdict })))
  const said = verdicts
    .filter(({ verdict }) => verdict.status !== 'passed')
    .slice(0, 4)
    .flatMap(({ task, verdict: { check, code, message, evidence } }) => [
      `${task} · ${check}: ${code}: ${message}`,
      ...evidence.map(
        ({ expected, observed, source }) => `  ${source}: expected ${expected}, observed ${observed}`,
      ),
    ])
  const printed = output.trimEnd().split('\n').filter(Boolean).slice(-LAST_LINES)
  return [...said, ...printed.map((line) => `printed: ${line}`)]
}
