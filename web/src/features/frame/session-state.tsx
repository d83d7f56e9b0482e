import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import type { LinkState } from '../../api/session-link.ts'
import { passedCount, standing, statesById } from '../../ui/progress.ts'
import styles from './frame.module.css'
import { strings } from './strings.ts'

/** One segment a task, coloured by its state, and the count in words. */
export function Segments({ lab, session }: { lab: LabDetail; session: Session }) {
  const states = statesById(session)
  const passed = passedCount(lab.tasks, session)
  return (
    <span className={styles.progress}>
      <span className={styles.segments} role="img" aria-label={strings.passed(passed, lab.tasks.length)}>
        {lab.tasks.map((task) => (
          <i key={task.id} data-status={standing(task, states.get(task.id))} />
        ))}
      </span>
      <span className="dim num" aria-hidden>
        {strings.count(passed, lab.tasks.length)}
      </span>
    </span>
  )
}

export function Connection({ state }: { state: LinkState }) {
  return (
    <span className={styles.connection} data-state={state} role="status">
      <span className={styles.dot} aria-hidden />
      <span className={styles.connectionWord}>{strings.link[state]}</span>
    </span>
  )
}
