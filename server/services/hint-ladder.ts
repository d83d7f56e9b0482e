import type { LabTask } from '../../labs/lab-schema.ts'
import type { HintRecord, TaskRecord } from '../store/store.ts'

export interface Ladder {
  /** A code, or `any`. */
  name: string
  steps: readonly string[]
  /** How many of them were taken. */
  taken: number
}

/** The ladder for what the task shows now: of its code, else the one for all; none once it is passed. */
export function ladderOf(
  task: Pick<LabTask, 'id' | 'hints'>,
  state: Pick<TaskRecord, 'status' | 'code'> | undefined,
  hints: readonly HintRecord[],
): Ladder | undefined {
  if (state?.status === 'passed') return undefined
  const { id, hints: given } = task
  const code = state?.code
  const name = !Array.isArray(given) && code !== undefined && Object.hasOwn(given, code) ? code : 'any'
  const steps = Array.isArray(given) ? given : given[name]
  if (!steps) return undefined
  return { name, steps, taken: hints.filter(({ task, ladder }) => task === id && ladder === name).length }
}
