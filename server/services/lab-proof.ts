import type { Lab, Solution } from '../../labs/lab-schema.ts'
import type { GradedTask } from './grade-tasks.ts'
import { type TrialDeps, trial } from './lab-trial.ts'
import type { Tamper } from './take-tamper.ts'

/** More than any fault's own words with the end of a script's output. */
const MAX_FAULT = 500

/** One claim about a lab: what a solution must get, or without one, that the untouched start passes nothing. */
export interface Claim {
  lab: Lab
  solution: Solution | undefined
}

/** A claim and what came of it once. `solution` is `-` for the untouched start, `task` is `all` when it is all of them. */
export interface ProofRow {
  lab: string
  solution: string
  kind: 'good' | 'bad' | 'start'
  task: string
  expected: string
  observed: string
  ok: boolean
}

export interface Proof {
  row: ProofRow
  /** Milliseconds from the start of the sandbox to its end. */
  ms: number
  /** What was graded and what it was graded from; empty when the trial could not be run. */
  graded: GradedTask[]
  /** The last of what the solution printed. */
  output: string
}

/** Everything that a lab claims, the untouched start first. */
export function claimsOf(lab: Lab): Claim[] {
  return [undefined, ...lab.solutions].map((solution) => ({ lab, solution }))
}

/** Tries every claim `repeat` times, each in a fresh sandbox and `jobs` at a time; `tell` hears when the last of a claim has ended. */
export async function proveAll(
  deps: TrialDeps,
  claims: readonly Claim[],
  options: {
    jobs: number
    repeat?: number
    signal?: AbortSignal
    tell?: (claim: Claim, proofs: readonly Proof[]) => void
  },
): Promise<Proof[][]> {
  const { jobs, repeat = 1, signal, tell } = options
  const proofs: Proof[][] = claims.map(() => [])
  const waiting = claims
    .flatMap((claim, index) => Array.from({ length: repeat }, () => ({ claim, index })))
    .values()
  const stopping = new AbortController()
  const until = AbortSignal.any([stopping.signal, ...(signal ? [signal] : [])])
  const worker = async () => {
    for (const { claim, index } of waiting) {
      const done = proofs[index] ?? []
      done.push(await prove(deps, claim, until))
      if (done.length === repeat) tell?.(claim, done)
    }
  }
  const workers = Array.from({ length: jobs }, () =>
    worker().catch((error: unknown) => {
      stopping.abort(error)
      throw error
    }),
  )
  // Nobody may go while another one still has a sandbox.
  const ends = await Promise.allSettled(workers)
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
  return proofs
}

/** Tries one claim. A trial that cannot even be run is a row that is off, so that the others still are. Rejects with the reason of `signal`. */
export async function prove(deps: TrialDeps, claim: Claim, signal?: AbortSignal): Promise<Proof> {
  const { lab, solution } = claim
  const tasks = solution?.fails ? [solution.fails.task] : solution?.passes
  const from = deps.clock.now()
  const since = () => deps.clock.now() - from
  try {
    const {
      tasks: graded,
      script,
      tamper,
    } = await trial(deps, { lab, script: solution?.script, tasks, signal })
    return {
      row: untampered(claim, tamper, compare(claim, graded)),
      ms: since(),
      graded,
      output: script?.output ?? '',
    }
  } catch (error) {
    signal?.throwIfAborted()
    const row = {
      ...compare(claim, []),
      observed: error instanceof Error ? oneLine(error.message) : 'no result',
    }
    return { row, ms: since(), graded: [], output: '' }
  }
}

/** A fault in a row: the end of a script's output is what counts, so all lines stay. */
const oneLine = (text: string) =>
  text
    .trim()
    .replace(/\s*\n\s*/g, ' · ')
    .slice(0, MAX_FAULT)

/** On a machine that was left alone, or on which the lab was solved as it should be, there is nothing to find. */
function untampered({ solution }: Claim, { findings, notTaken }: Tamper, row: ProofRow): ProofRow {
  const seen = notTaken ?? (findings[0] && `${findings[0].kind} ${findings[0].path}`)
  if (solution?.kind === 'bad' || seen === undefined || !row.ok) return row
  return { ...row, observed: `tampered: ${seen}`, ok: false }
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
