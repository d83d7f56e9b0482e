import type { Check } from '../checks/check.ts'
import { judgeAgain } from '../checks/judge-again.ts'
import type { CheckUse } from '../checks/run-check.ts'
import { taskOutcome } from '../checks/task-outcome.ts'
import type { Verdict } from '../checks/verdict.ts'
import { type Weaker, weaken } from './weaken.ts'

/** One check of a task, as a trial has graded it. */
export interface GradedUse {
  use: CheckUse
  verdict: Verdict
  /** JSON as gathered; null when gathering failed. */
  gathered: string | null
}

/** A task as one trial has graded it, and what the trial claims of it. */
export interface TaskTrial {
  task: string
  /** The solution; `start` for the untouched start. */
  solution: string
  /** `passed`, `not-yet` for any code, or the code itself. */
  claim: { kind: 'good' } | { kind: 'start' } | { kind: 'bad'; code: string }
  checks: readonly GradedUse[]
}

/** What came of weakening one check in every way that is known. */
export interface MutantReport {
  lab: string
  task: string
  /** Of the check in its task. */
  index: number
  check: string
  /** So many were judged. */
  mutants: number
  /** So many could not be: the evidence is of another question. */
  skipped: number
  /** Those that no trial noticed, or the untouched start alone. */
  survivors: { what: string; noticedBy: string[] }[]
  /** `error`: nobody notices when the check is gone. `warning`: some bound could be looser. */
  level: 'ok' | 'warning' | 'error'
}

/** What a mutant says of one graded check; undefined where its evidence is of another question. */
type Mutant = { what: string; judge(graded: GradedUse): Judged | undefined }
type Judged = Pick<Verdict, 'status' | 'code'> | 'gone'

/** Weakens each check of a lab's tasks in turn and looks who notices. Trials whose own claim did not hold are left out. Pure. */
export function judgeMutants(
  lab: { slug: string; tasks: readonly { id: string; checks: readonly CheckUse[] }[] },
  checks: ReadonlyMap<string, Check>,
  trials: readonly TaskTrial[],
): MutantReport[] {
  return lab.tasks.flatMap(({ id, checks: uses }) => {
    const sound = trials.filter(
      (each) =>
        each.task === id &&
        each.checks.length === uses.length &&
        holds(
          each,
          each.checks.map(({ verdict }) => verdict),
        ),
    )
    return uses.map((use, index) => ({ lab: lab.slug, task: id, ...judgeUse(use, index, checks, sound) }))
  })
}

function judgeUse(
  use: CheckUse,
  index: number,
  checks: ReadonlyMap<string, Check>,
  trials: readonly TaskTrial[],
): Omit<MutantReport, 'lab' | 'task'> {
  let skipped = 0
  let judged = 0
  const survivors: MutantReport['survivors'] = []
  for (const mutant of mutantsOf(use, checks)) {
    const noticedBy = witnesses(mutant, index, trials)
    if (noticedBy === undefined) skipped++
    else {
      judged++
      if (noticedBy.every((name) => name === START)) survivors.push({ what: mutant.what, noticedBy })
    }
  }
  const unguarded = survivors.some(({ what, noticedBy }) => noticedBy.length === 0 && WHOLE.includes(what))
  const level = unguarded ? 'error' : survivors.length > 0 ? 'warning' : 'ok'
  return { index, check: use.use, mutants: judged, skipped, survivors, level }
}

const START = 'start'
const REMOVED = 'removed'
const INVERTED = 'inverted'
/** The mutants that leave nothing of a check. */
const WHOLE = [REMOVED, INVERTED]

function mutantsOf(use: CheckUse, checks: ReadonlyMap<string, Check>): Mutant[] {
  const check = checks.get(use.use)
  return [
    { what: REMOVED, judge: () => 'gone' },
    { what: INVERTED, judge: ({ verdict }) => inverted(verdict) },
    ...(check ? weaken(use.with) : [])
      .filter((weaker) => check && isAnother(check, use.with, weaker.with))
      .map((weaker) => ({
        what: weaker.what,
        judge: (graded: GradedUse) => again(checks, use, weaker, graded),
      })),
  ]
}

function inverted({ status, code }: Verdict): Judged {
  if (status === 'broken') return { status, code }
  return status === 'passed' ? { status: 'not-yet', code: INVERTED } : { status: 'passed', code: 'passed' }
}

/** Whether the check takes these parameters, and they mean something else than before. */
function isAnother({ params }: Check, before: unknown, after: unknown): boolean {
  const [old, weaker] = [params.safeParse(before), params.safeParse(after)]
  return weaker.success && JSON.stringify(old.data) !== JSON.stringify(weaker.data)
}

function again(
  checks: ReadonlyMap<string, Check>,
  use: CheckUse,
  weaker: Weaker,
  { gathered }: GradedUse,
): Judged | undefined {
  const [kept, asked] =
    weaker.without === undefined ? [gathered, use.with] : [lessOf(gathered, weaker.without), weaker.with]
  const result = judgeAgain(
    checks,
    { ...use, with: weaker.with },
    { use: { ...use, with: asked }, gathered: kept },
  )
  return result.kind === 'judged' ? result.outcome : undefined
}

/** What parts gathered, without that of one of them. */
function lessOf(gathered: string | null, index: number): string | null {
  const found: unknown = gathered === null ? null : JSON.parse(gathered)
  return Array.isArray(found) ? JSON.stringify(found.filter((_, at) => at !== index)) : null
}

/** The trials whose claim does not hold under the mutant; undefined when it can be judged in none. */
function witnesses({ judge }: Mutant, index: number, trials: readonly TaskTrial[]): string[] | undefined {
  let judged = 0
  const found = trials.filter((trial) => {
    const verdicts = trial.checks.flatMap((graded, at): Pick<Verdict, 'status' | 'code'>[] => {
      if (at !== index) return [graded.verdict]
      const outcome = judge(graded)
      if (outcome) judged++
      return outcome === 'gone' ? [] : [outcome ?? graded.verdict]
    })
    return !holds(trial, verdicts)
  })
  return judged === 0 && trials.length > 0 ? undefined : found.map(({ solution }) => solution)
}

function holds({ claim }: TaskTrial, verdicts: readonly Pick<Verdict, 'status' | 'code'>[]): boolean {
  const { status, code } = taskOutcome(verdicts)
  // Nothing left to ask is nothing left to fail.
  const passed = status === 'passed' || status === 'unchecked'
  if (claim.kind === 'good') return passed
  return status === 'not-yet' && (claim.kind === 'start' || code === claim.code)
}
