import type { StepRecord } from '../store/store.ts'
import type { GradedTask } from './grade-tasks.ts'

/** Is told what the services do, so that it can be counted. No method throws or waits. */
export interface Measures {
  /** A session is ready: the steps of its start; `warm` when its sandbox was there before it. */
  started(steps: readonly StepRecord[], warm: boolean): void
  /** Tasks were judged, whether or not that is kept. */
  judged(graded: readonly GradedTask[]): void
  /** A shell printed so many bytes, or somebody typed them. */
  terminal(direction: 'out' | 'in', bytes: number): void
}

export const unmeasured: Measures = { started() {}, judged() {}, terminal() {} }
