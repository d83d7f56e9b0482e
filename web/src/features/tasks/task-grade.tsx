import type { Submission, TaskState } from '../../../../server/contract/session.ts'
import { points } from '../../ui/format.ts'
import { strings } from './strings.ts'
import styles from './tasks.module.css'

/** What the submission gave for a task, and what hints took off. */
export function TaskGrade({
  grade,
  state,
}: {
  grade: Submission['tasks'][number]
  state: TaskState | undefined
}) {
  const taken = state?.hints.taken.length ?? 0
  const cost = grade.of - grade.points
  return (
    <p className={styles.grade}>
      <b className="num">{strings.pointsLong(points(grade.points), points(grade.of))}.</b>
      {grade.passed && taken > 0 && cost > 0 && <> {strings.hintsTook(taken, points(cost))}</>}
      {grade.broken && <> {strings.unjudged}</>}
      {!grade.passed && !grade.broken && state?.passedAt != null && <> {strings.lostAtSubmission}</>}
    </p>
  )
}
