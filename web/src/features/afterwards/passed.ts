import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'

/** How many of the lab's tasks are passed in the session. */
export function passedCount(lab: LabDetail, session: Session): number {
  return lab.tasks.filter(({ id }) =>
    session.tasks.some((state) => state.task === id && state.status === 'passed'),
  ).length
}

export const isAllPassed = (lab: LabDetail, session: Session): boolean =>
  lab.tasks.length > 0 && passedCount(lab, session) === lab.tasks.length
