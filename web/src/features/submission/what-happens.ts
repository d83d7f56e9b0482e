import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import { passedCount } from '../../ui/progress.ts'
import { strings } from './strings.ts'

/** What a submission of this session does, a sentence each, in the order in which it is done. */
export function whatHappens(lab: LabDetail, session: Session): string[] {
  const numbers = (of: (task: LabDetail['tasks'][number]) => boolean) =>
    lab.tasks.flatMap((task, at) => (of(task) ? [at + 1] : []))
  const cleanRoom = numbers((task) => task.cleanRoom)
  const mustHold = numbers((task) => task.grading === 'must-hold' && !task.cleanRoom)
  const taken = session.tasks.reduce((sum, { hints }) => sum + hints.taken.length, 0)
  return [
    strings.now(passedCount(lab.tasks, session), lab.tasks.length),
    mustHold.length > 0 && strings.mustHold(mustHold),
    cleanRoom.length > 0 && strings.cleanRoom(cleanRoom),
    lab.hintCost > 0 && taken > 0 && strings.hints(taken, lab.hintCost),
    strings.final,
    strings.again,
  ].filter((sentence) => sentence !== false)
}
