import type { LabTask } from '../../../server/contract/lab.ts'
import type { Session, TaskState, Verdict } from '../../../server/contract/session.ts'

/** The session's tasks by id. */
export const statesById = (session: Session): ReadonlyMap<string, TaskState> =>
  new Map(session.tasks.map((state) => [state.task, state]))

/** Once passed a task stays passed, whatever a later check of it says. */
export const isPassed = (state: TaskState | undefined): boolean =>
  state !== undefined && (state.passedAt !== null || state.status === 'passed')

/** The task to work on next: the first not passed after `from`, then from the beginning; undefined when all are. */
export function nextTask(tasks: readonly LabTask[], session: Session, from?: string): string | undefined {
  const states = statesById(session)
  const start = tasks.findIndex((task) => task.id === from) + 1
  const ordered = [...tasks.slice(start), ...tasks.slice(0, start)]
  return ordered.find((task) => !isPassed(states.get(task.id)))?.id
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

/** How many of the lab's tasks are passed. */
export function passedCount(tasks: readonly LabTask[], session: Session): number {
  const states = statesById(session)
  return tasks.filter(({ id }) => isPassed(states.get(id))).length
}

/** Ids of tasks that are passed in `after` and were not in `before`. */
export function newlyPassed(before: Session | undefined, after: Session): string[] {
  if (before === undefined || before.id !== after.id) return []
  const known = statesById(before)
  return after.tasks
    .filter((state) => isPassed(state) && !isPassed(known.get(state.task)))
    .map(({ task }) => task)
}
