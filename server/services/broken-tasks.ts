import type { Lab } from '../../labs/lab-schema.ts'
import { DrydockError, type UnjudgedTask } from '../errors.ts'
import type { GradedTask } from './grade-tasks.ts'
import { maySettle } from './live-pace.ts'

/** Which tasks a submission could not judge, each with why and whether to try again is worth it. */
export function submissionBroken(lab: Lab, graded: readonly GradedTask[]): DrydockError {
  const broken = lab.tasks.flatMap((task) => {
    const found = graded.find((each) => each.task === task.id && each.status === 'broken')
    return found ? [{ title: task.title, why: whyOf(found) }] : []
  })
  const names = broken.map(({ title }) => title).join(', ')
  return new DrydockError(
    'submission-broken',
    `These tasks could not be judged: ${names}. Nothing was submitted and nothing is lost.`,
    { tasks: broken.map(({ why }) => why) },
  )
}

function whyOf({ task, code, checks }: GradedTask): UnjudgedTask {
  const said = checks.find(({ verdict }) => verdict.status === 'broken')?.verdict.message
  return { task, code, message: said ?? 'This task could not be judged.', passes: maySettle(code) }
}
