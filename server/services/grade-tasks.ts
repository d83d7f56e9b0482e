import type { Check, CheckContext, Snapshot } from '../../checks/check.ts'
import { broken } from '../../checks/outcome.ts'
import { type CheckUse, runCheck } from '../../checks/run-check.ts'
import { taskOutcome } from '../../checks/task-outcome.ts'
import type { Verdict } from '../../checks/verdict.ts'
import type { Clock } from '../clock.ts'
import type { Tamper } from './take-tamper.ts'

/** All checks of one press of Check together; a check that has no time left is broken, never failed. */
const GRADING_MS = 180_000

/** A verdict with what it was judged from. */
export interface GradedCheck {
  verdict: Verdict
  use: CheckUse
  /** JSON as gathered; null when gathering failed. */
  gathered: string | null
  snapshots?: readonly Snapshot[]
  /** Milliseconds that it took. */
  ms?: number
}

export interface GradedTask {
  task: string
  status: Verdict['status']
  /** `passed`, or the code of the verdict that the task shows. */
  code: string
  checks: GradedCheck[]
  /** What was seen of the machine meanwhile, the same for all tasks of a run; absent where nobody looked. */
  tamper?: Tamper
}

export interface GradingDeps {
  checks: ReadonlyMap<string, Check>
  /** What the checks may ask; all of it ends with the signal. */
  contextFor: (signal: AbortSignal) => CheckContext
  clock: Clock
}

/** Runs all checks of the tasks, one after the other: probes must not see each other. Rejects only with the reason of `signal`. */
export async function gradeTasks(
  { checks, contextFor, clock }: GradingDeps,
  tasks: readonly { id: string; checks: readonly CheckUse[] }[],
  signal?: AbortSignal,
): Promise<GradedTask[]> {
  const deps = {
    checks,
    contextFor,
    after: (ms: number, fn: () => void) => clock.after(ms, fn),
    now: () => clock.now(),
  }
  const until = clock.now() + GRADING_MS
  const graded: GradedTask[] = []
  for (const task of tasks) {
    const found: GradedCheck[] = []
    for (const use of task.checks) {
      const began = clock.now()
      if (began < until) {
        const run = await runCheck(deps, task.id, use, signal)
        found.push({ use, ...run, ms: Math.max(0, clock.now() - began) })
      } else found.push({ use, verdict: noTimeLeft(task.id, use, clock.now()), gathered: null })
    }
    const { status, code } = taskOutcome(found.map(({ verdict }) => verdict))
    if (status === 'unchecked' || code === null) continue
    graded.push({ task: task.id, status, code, checks: found })
  }
  return graded
}

function noTimeLeft(task: string, use: CheckUse, at: number): Verdict {
  const message = 'The checks before this one took too long. Check this task alone.'
  return { ...broken('timeout', message), task, check: use.use, at }
}
