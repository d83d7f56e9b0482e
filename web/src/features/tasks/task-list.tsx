import { Button } from '@mantine/core'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import { problemOf } from '../../api/http.ts'
import { useRunChecks } from '../../api/sessions.ts'
import { keepFocus } from '../../ui/keep-focus.ts'
import { statesById, taskTimes } from '../../ui/progress.ts'
import { Trouble } from '../../ui/trouble.tsx'
import { Preparing } from './preparing.tsx'
import { strings } from './strings.ts'
import { TaskItem } from './task-item.tsx'
import styles from './tasks.module.css'

interface Props {
  lab: LabDetail
  session: Session
  open: string | undefined
  onOpen(task: string | undefined): void
  onEvidence?: (task: string) => void
  /** Sets the machine back to a checkpoint. */
  onReset?: (checkpoint: string) => void
  /** The session is over: what was found can be read, nothing can be asked. */
  over?: boolean
}

/** The tasks as steps: the current one open, passed ones folded with their time. */
export function TaskList({ lab, session, open, onOpen, onEvidence, onReset, over = false }: Props) {
  const checkAll = useRunChecks(session.id)
  const states = statesById(session)
  const times = taskTimes(session)
  const waiting = waitingFor(session)
  const checkpointOf = (task: string) => session.checkpoints.findLast((known) => known.task === task)?.id
  return (
    <section aria-label={strings.tasks}>
      <header className={styles.head}>
        <h2>{over ? strings.results : strings.tasks}</h2>
        {session.state === 'ready' && !waiting && (
          <Button
            {...keepFocus}
            variant="subtle"
            aria-busy={checkAll.isPending}
            onClick={() => checkAll.isPending || checkAll.mutate(undefined)}
          >
            {checkAll.isPending ? strings.checking : strings.checkAll}
          </Button>
        )}
        {(session.state === 'requested' || session.state === 'starting') && <Preparing session={session} />}
        {waiting && (
          <span className="dim" role="status">
            {waiting}
          </span>
        )}
      </header>
      {checkAll.isError && <Trouble compact problem={problemOf(checkAll.error)} />}
      <ol className={styles.tasks}>
        {lab.tasks.map((task, at) => {
          const checkpoint = checkpointOf(task.id)
          return (
            <TaskItem
              key={task.id}
              n={at + 1}
              task={task}
              session={session}
              state={states.get(task.id)}
              hintCost={lab.hintCost}
              grade={session.submission?.tasks.find((grade) => grade.task === task.id)}
              took={times.get(task.id)}
              open={open === task.id}
              onToggle={() => onOpen(open === task.id ? undefined : task.id)}
              onEvidence={onEvidence && (() => onEvidence(task.id))}
              onReset={onReset && checkpoint ? () => onReset(checkpoint) : undefined}
              over={over}
            />
          )
        })}
      </ol>
    </section>
  )
}

/** What a session that is or was ready waits for. */
function waitingFor(session: Session): string | undefined {
  if (session.state === 'ending') return strings.ending
  if (session.resetting) return strings.resetting
  // After a reset the lab may have something to start; checks wait for it.
  const resuming = session.steps.some(({ ms }) => ms === null)
  return session.state === 'ready' && resuming ? strings.resuming : undefined
}
