import type { Lab } from '../../labs/lab-schema.ts'
import type { HintRecord, SubmittedTask } from '../store/store.ts'

export interface TaskResult {
  task: string
  passed: boolean
  code: string
  cleanRoom: boolean
  /** It could not be judged, and is handed in without a pass. */
  broken?: boolean
}

/** The grade by the tasks' weights, less what the hints taken cost; in hundredths of a point, so that sums are exact. */
export function score(
  lab: Pick<Lab, 'hint_cost' | 'tasks'>,
  results: readonly TaskResult[],
  taken: readonly HintRecord[],
): { points: number; of: number; tasks: SubmittedTask[] } {
  const tasks = lab.tasks.map(({ id, weight }): SubmittedTask => {
    const result = results.find(({ task }) => task === id)
    const hints = taken.filter(({ task }) => task === id).length
    const share = Math.max(0, 1 - hints * lab.hint_cost)
    const broken = result?.broken ? ({ broken: true } as const) : {}
    const points = result?.passed ? hundredths(weight * share) : 0
    const { passed = false, code = 'unchecked', cleanRoom = false } = result ?? {}
    return { task: id, passed, code, points, of: weight, hints, cleanRoom, ...broken }
  })
  const sum = (of: 'points' | 'of') => hundredths(tasks.reduce((total, task) => total + task[of], 0))
  return { points: sum('points'), of: sum('of'), tasks }
}

function hundredths(points: number): number {
  return Math.round(points * 100 + Number.EPSILON) / 100
}
