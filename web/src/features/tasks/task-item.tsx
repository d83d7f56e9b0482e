import { exactTime, points, stopwatch } from '../../ui/format.ts'
import { type Standing, standing } from '../../ui/progress.ts'
import { Tag, type Tone } from '../../ui/tag.tsx'
import { strings } from './strings.ts'
import { TaskBody, type TaskBodyProps } from './task-body.tsx'
import styles from './tasks.module.css'

interface Props extends TaskBodyProps {
  n: number
  /** Milliseconds it took, once passed. */
  took: number | undefined
  open: boolean
  onToggle(): void
}

/** A task as a step: its row, and below it, when it is open, what there is to do and what was found. */
export function TaskItem({ n, took, open, onToggle, ...body }: Props) {
  const { task, state, grade } = body
  const now = grade ? resultOf(grade) : standing(task, state)
  return (
    <li className={styles.task} data-open={open || undefined} data-passed={now === 'passed' || undefined}>
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
        {grade ? (
          <span className="dim num" title={strings.pointsLong(points(grade.points), points(grade.of))}>
            {strings.points(points(grade.points), points(grade.of))}
          </span>
        ) : (
          now === 'passed' &&
          took !== undefined &&
          state?.passedAt && (
            <span className="dim num" title={exactTime(state.passedAt)}>
              <span aria-hidden>{stopwatch(took)}</span>
            </span>
          )
        )}
        <StandingTag now={now} />
      </button>
      {open && (
        <section
          id={`task-${n}-body`}
          data-task-body
          aria-label={strings.task(n, task.title)}
          className={styles.open}
        >
          <TaskBody {...body} />
        </section>
      )}
    </li>
  )
}

function resultOf({
  passed,
  broken,
}: NonNullable<TaskBodyProps['grade']>): 'passed' | 'not-passed' | 'broken' {
  if (passed) return 'passed'
  return broken ? 'broken' : 'not-passed'
}

const tones: Record<Exclude<Standing, 'unchecked'>, Tone> = {
  passed: 'pass',
  lost: 'yet',
  'not-yet': 'yet',
  broken: 'broken',
}

function StandingTag({ now }: { now: Standing | 'not-passed' }) {
  if (now === 'unchecked') return null
  if (now === 'not-passed') return <Tag tone="yet">{strings.notPassed}</Tag>
  return <Tag tone={tones[now]}>{strings.standing[now]}</Tag>
}
