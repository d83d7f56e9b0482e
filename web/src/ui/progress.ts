import type { LabTask } from '../../../server/contract/lab.ts'
import type { Session, TaskState, Verdict } from '../../../server/contract/session.ts'

/** How a task stands now. `lost`: a must-hold task that was passed and does not hold at present. */
export type Standing = TaskState['status'] | 'lost'
type Graded = Pick<LabTask, 'grading'>

/** The session's tasks by id. */
export const statesById = (session: Session): ReadonlyMap<string, TaskState> =>
  new Map(session.tasks.map((state) => [state.task, state]))

/** A latched task stays passed whatever a later check says; a must-hold task is what its latest check says. */
export function standing({ grading }: Graded, state: TaskState | undefined): Standing {
  if (state === undefined) return 'unchecked'
  if (state.passedAt === null) return state.status
  if (grading === 'latched' || state.status === 'unchecked') return 'passed'
  return state.status === 'not-yet' ? 'lost' : state.status
}

/** Whether the task counts as passed at present: a check that could not be run takes nothing away. */
export function isPassed(task: Graded, state: TaskState | undefined): boolean {
  const now = standing(task, state)
  return now === 'passed' || (now === 'broken' && state?.passedAt != null)
}

/** The task to work on next: the first not passed after `from`, then from the beginning; undefined when all are. */
export function nextTask(tasks: readonly LabTask[], session: Session, from?: string): string | undefined {
  const states = statesById(session)
  const start = tasks.findIndex((task) => task.id === from) + 1
  const ordered = [...tasks.slice(start), ...tasks.slice(0, start)]
  return ordered.find((task) => !isPassed(task, states.get(task.id)))?.id
}

/** The verdict that stands for a task: that of the first check which is not passed, `not-yet` before `broken`. */
export function shownVerdict(state: TaskState | undefined): Verdict | undefined {
  const verdicts = state?.verdicts ?? []
  return (
    verdicts.find((verdict) => verdict.status === 'not-yet') ??
    verdicts.find((verdict) => verdict.status === 'broken') ??
    verdicts.at(-1)
  )
}

/** Milliseconds that each passed task took: since the one passed before it, or since the lab was ready. Those of one check share theirs. */
export function taskTimes(session: Session): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  const passed = session.tasks
    .flatMap(({ task, passedAt }) => (passedAt === null ? [] : [{ task, at: Date.parse(passedAt) }]))
    .sort((a, b) => a.at - b.at)
  let since = Date.parse(session.readyAt ?? session.createdAt)
  let last = since
  for (const { task, at } of passed) {
    if (at > last) since = last
    last = at
    times.set(task, Math.max(0, at - since))
  }
  return times
}

/** How many of the lab's tasks count as passed: in the grade once there is one, at present before. */
export function passedCount(tasks: readonly LabTask[], session: Session): number {
  const { submission } = session
  if (submission) return submission.tasks.filter(({ passed }) => passed).length
  const states = statesById(session)
  return tasks.filter((task) => isPassed(task, states.get(task.id))).length
}

export interface Turn {
  task: string
  /** `passed`: for the first time; `back`: it holds again; `lost`: it does not hold any more. */
  to: 'passed' | 'back' | 'lost'
}

/** What has turned between two looks at the same session, in the order of the tasks. */
export function turns(tasks: readonly LabTask[], before: Session | undefined, after: Session): Turn[] {
  if (before === undefined || before.id !== after.id) return []
  const known = statesById(before)
  const now = statesById(after)
  return tasks.flatMap((task): Turn[] => {
    const [was, is] = [known.get(task.id), now.get(task.id)]
    const [passedBefore, passed] = [isPassed(task, was), isPassed(task, is)]
    if (passedBefore === passed) return []
    if (!passed) return standing(task, is) === 'lost' ? [{ task: task.id, to: 'lost' }] : []
    return [{ task: task.id, to: was?.passedAt == null ? 'passed' : 'back' }]
  })
}
