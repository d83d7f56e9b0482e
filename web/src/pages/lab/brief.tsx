import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import { Afterword, AllPassed } from '../../features/afterwards/afterwards.tsx'
import { Model } from '../../features/start/model.tsx'
import { Story } from '../../features/start/story.tsx'
import { TaskList } from '../../features/tasks/task-list.tsx'
import styles from './lab.module.css'
import { strings } from './strings.ts'

interface Props {
  lab: LabDetail
  session: Session
  open: string | undefined
  onOpen(task: string | undefined): void
  onEvidence(task: string): void
  onReset(checkpoint: string): void
  onSubmit(): void
}

/** The left side: what it is about, and the tasks. */
export function Brief({ lab, session, open, onOpen, onEvidence, onReset, onSubmit }: Props) {
  return (
    <section className={styles.brief} aria-label={strings.brief}>
      <h1>{lab.title}</h1>
      <Story lab={lab} />
      <Model lab={lab} />
      <div className={styles.tasks}>
        <AllPassed lab={lab} session={session} onSubmit={onSubmit} />
        <TaskList
          lab={lab}
          session={session}
          open={open}
          onOpen={onOpen}
          onEvidence={onEvidence}
          onReset={onReset}
        />
        <Afterword lab={lab} session={session} />
      </div>
    </section>
  )
}
