import type { LabTask } from '../../../../server/contract/lab.ts'
import type { Session, TaskState } from '../../../../server/contract/session.ts'
import { exactTime, stopwatch } from '../../ui/format.ts'
import { isPassed } from '../../ui/progress.ts'
import { Tag } from '../../ui/tag.tsx'
import { strings } from './strings.ts'
import { TaskBody } from './task-body.tsx'
import styles from './tasks.module.css'

interface Props {
  n: number
  task: LabTask
  session: Session
  state: TaskState | undefined
  /** Milliseconds it took, once passed. */
  took: number | undefined
  open: boolean
  over: boolean
  onToggle(): void
  onEvidence?: () => void
}

export function TaskItem({ n, task, session, state, took, open, over, onToggle, onEvidence }: Props) {
  const passed = isPassed(state)
  return (
    <li className={styles.task} data-open={open || undefined} data-passed={passed || undefined}>
      <button
        type="button"
        id={`task-${n}`}
        className={styles.row}
        aria-expanded={open}
        aria-controls={`task-${n}-body`}
        onClick={onToggle}
      >
        <span className={styles.n}>{n}</span>
        <span className={styles.title}>{task.title}</span>
        {passed && took !== undefined && state?.passedAt && (
          <span className="dim num" title={exactTime(state.passedAt)}>
            <span aria-hidden>{stopwatch(took)}</span>
          </span>
        )}
        <StatusTag state={state} />
      </button>
      {open && (
        <section
          id={`task-${n}-body`}
          data-task-body
          aria-label={strings.task(n, task.title)}
          className={styles.open}
        >
          <TaskBody task={task} session={session} state={state} over={over} onEvidence={onEvidence} />
        </section>
      )}
    </li>
  )
}

function StatusTag({ state }: { state: TaskState | undefined }) {
  if (isPassed(state)) return <Tag tone="pass">{strings.passed}</Tag>
  if (state?.status === 'not-yet') return <Tag tone="yet">{strings.notYet}</Tag>
  if (state?.status === 'broken') return <Tag tone="broken">{strings.broken}</Tag>
  return null
}
