import type { Check } from '../../checks/check.ts'
import { type Insufficient, judgeAgain } from '../../checks/judge-again.ts'
import { taskOutcome } from '../../checks/task-outcome.ts'
import type { Verdict } from '../../checks/verdict.ts'
import type { Lab, LabTask } from '../../labs/lab-schema.ts'
import type { VerdictRecord } from '../store/store.ts'

/** What is stored of one task of one session: how it counted, and the verdicts that it counted by. */
export interface StoredTask {
  session: string
  person: string
  task: string
  passed: boolean
  /** `passed`, or the code that the task showed. */
  code: string
  records: readonly VerdictRecord[]
}

/** What today's lab makes of one stored task. */
export interface Regraded extends Omit<StoredTask, 'records'> {
  /** `unknown`: the stored evidence does not suffice to tell. */
  now: 'passed' | 'not-passed' | 'unknown'
  nowCode: string
  /** In plain words: of the first check that decides. */
  why: string
}

/** Judges stored evidence again by a lab's checks of today. Pure: nothing is asked of any machine and nothing is changed. */
export function regrade(lab: Lab, stored: readonly StoredTask[]): Regraded[] {
  return stored.map((each) => {
    const { records, ...kept } = each
    const task = lab.tasks.find(({ id }) => id === each.task)
    return { ...kept, ...(task ? judgeTask(lab.checks, task, records) : gone(each.task)) }
  })
}

/** Whether the person's result would be another one. */
export function wouldChange({ passed, now }: Regraded): boolean {
  return now !== 'unknown' && passed !== (now === 'passed')
}

function judgeTask(
  checks: ReadonlyMap<string, Check>,
  task: LabTask,
  records: readonly VerdictRecord[],
): Pick<Regraded, 'now' | 'nowCode' | 'why'> {
  const left = [...records]
  const verdicts: Verdict[] = []
  const unknown: string[] = []
  for (const use of task.checks) {
    const tried = left.map((record) => judgeAgain(checks, use, record))
    const at = tried.findIndex(({ kind }) => kind === 'judged')
    const found = tried[at]
    if (found?.kind === 'judged') {
      left.splice(at, 1)
      verdicts.push({ ...found.outcome, task: task.id, check: use.use, at: 0 })
      continue
    }
    const closest = tried.find((each) => each.kind === 'insufficient' && each.why !== 'other-check')
    unknown.push(
      closest?.kind === 'insufficient' ? reasons[closest.why](use.use) : reasons['other-check'](use.use),
    )
  }
  const { status, code } = taskOutcome(verdicts)
  const shown = verdicts.find((verdict) => verdict.status === status && verdict.code === code)
  // One check that says no decides, whatever the others would have said.
  if (status === 'not-yet') return { now: 'not-passed', nowCode: code ?? '', why: shown?.message ?? '' }
  if (status === 'broken') return { now: 'unknown', nowCode: code ?? '', why: shown?.message ?? '' }
  const [first] = unknown
  if (first !== undefined) return { now: 'unknown', nowCode: 'evidence-missing', why: first }
  return { now: 'passed', nowCode: 'passed', why: 'every check of today passes on what was gathered' }
}

const reasons: Record<Insufficient, (check: string) => string> = {
  'not-gathered': (check) => `gathering for \`${check}\` had failed then`,
  'other-check': (check) => `\`${check}\` was not asked then`,
  'other-question': (check) => `\`${check}\` was asked something else then`,
  'evidence-unreadable': (check) => `what \`${check}\` gathered cannot be read`,
  'check-unknown': (check) => `there is no check \`${check}\` now`,
  'check-invalid': (check) => `the parameters of \`${check}\` do not suit today's check`,
}

function gone(task: string): Pick<Regraded, 'now' | 'nowCode' | 'why'> {
  return { now: 'unknown', nowCode: 'task-gone', why: `the lab has no task \`${task}\` any more` }
}
