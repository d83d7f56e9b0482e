import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Checkpoint } from '../../../../server/contract/session.ts'
import { strings } from './strings.ts'

/** What a checkpoint is called: by the student's name for it, or by the task that had just turned green. */
export function checkpointName(lab: LabDetail, { name, task }: Checkpoint): string {
  if (name !== null) return name
  const at = lab.tasks.findIndex(({ id }) => id === task)
  return lab.tasks[at] ? strings.ofTask(at + 1, lab.tasks[at].title) : strings.ofGoneTask
}
