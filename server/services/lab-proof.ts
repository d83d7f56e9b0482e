import type { Lab, Solution } from '../../labs/lab-schema.ts'
import type { GradedTask } from './grade-tasks.ts'
import { type TrialDeps, trial } from './lab-trial.ts'

/** One claim about a lab: what a solution must get, or without one, that the untouched start passes nothing. */
export interface Claim {
  lab: Lab
  solution: Solution | undefined
}

/** A claim and what came of it. `solution` is `-` for the untouched start, `task` is `all` when it is all of them. */
export interface ProofRow {
  lab: string
  solution: string
  kind: 'good' | 'bad' | 'start'
  task: string
  expected: string
  observed: string
  ok: boolean
}

/** A start costs about one CPU second, and some labs measure times. */
const AT_ONCE = 2

/** Everything that a lab claims, the untouched start first. */
export function claimsOf(lab: Lab): Claim[] {
  return [undefined, ...lab.solutions].map((solution) => ({ lab, solution }))
}

/** Tries every claim in a fresh sandbox, two at a time; `tell` hears of each as it ends. */
export async function proveAll(
  deps: TrialDeps,
  claims: readonly Claim[],
  { signal, tell }: { signal?: AbortSignal; tell?: (row: ProofRow) => void },
): Promise<ProofRow[]> {
  const rows: ProofRow[] = []
  const waiting = claims.entries()
  const worker = async () => {
    for (const [index, claim] of waiting) {
      const row = await prove(deps, claim, signal)
      rows[index] = row
      tell?.(row)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return rows
}

/** Tries one claim. A trial that cannot even be run is a row that is off, so that the others still are. */
export async function prove(deps: TrialDeps, claim: Claim, signal?: AbortSignal): Promise<ProofRow> {
  const { lab, solution } = claim
  const tasks = solution?.fails ? [solution.fails.task] : solution?.passes
  try {
    const graded = await trial(deps, { lab, script: solution?.script, tasks, signal })
    return compare(claim, graded.tasks)
  } catch (error) {
    signal?.throwIfAborted()
    const reason = error instanceof Error ? error.message.split('\n')[0] : undefined
    return { ...compare(claim, []), observed: reason ?? 'no result' }
  }
}

/** The claim against what grading answered. */
export function compare(
  { lab, solution }: Claim,
  graded: readonly Pick<GradedTask, 'task' | 'status' | 'code'>[],
): ProofRow {
  const named = { lab: lab.slug, solution: solution?.name ?? '-', kind: solution?.kind ?? ('start' as const) }
  const show = (id: string) => {
    const { status, code } = graded.find(({ task }) => task === id) ?? {
      status: 'broken',
      code: 'not-graded',
    }
    return status === 'broken' ? `broken ${code}` : code
  }
  if (solution?.fails) {
    const { task, code } = solution.fails
    const observed = show(task)
    return { ...named, task, expected: code, observed, ok: observed === code }
  }
  const ids = lab.tasks.map(({ id }) => id)
  const claimed = solution ? solution.passes : ids
  const wanted = solution ? 'passed' : 'not-yet'
  const off = claimed.filter((id) => graded.find(({ task }) => task === id)?.status !== wanted)
  return {
    ...named,
    task: claimed.length === ids.length ? 'all' : claimed.join(', '),
    expected: wanted,
    observed: off.length === 0 ? wanted : off.map((id) => `${id}: ${show(id)}`).join(', '),
    ok: off.length === 0,
  }
}
