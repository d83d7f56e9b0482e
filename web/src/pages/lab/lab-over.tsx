import { Modal } from '@mantine/core'
import { useState } from 'react'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import { useSessionLink } from '../../api/use-session-link.ts'
import { Afterword, isAllPassed } from '../../features/afterwards/afterwards.tsx'
import { EvidencePanel } from '../../features/evidence/evidence-panel.tsx'
import { strings as evidence } from '../../features/evidence/strings.ts'
import { StartAgain } from '../../features/start/start-again.tsx'
import { GradeCard } from '../../features/submission/grade-card.tsx'
import { strings as grading } from '../../features/submission/strings.ts'
import { TaskList } from '../../features/tasks/task-list.tsx'
import { passedCount } from '../../ui/progress.ts'
import { Ago } from '../../ui/time.tsx'
import { Trouble } from '../../ui/trouble.tsx'
import { useNow } from '../../ui/use-now.ts'
import styles from './lab.module.css'
import { strings } from './strings.ts'

/** How often "12 min ago" is renewed, in milliseconds. */
const TICK = 30_000

/** A lab after its session: what was reached, what it means, and the way to start again. */
export function LabOver({ lab, session }: { lab: LabDetail; session: Session }) {
  const now = useNow(TICK)
  const { submission } = session
  const ended = session.state === 'ended' || session.state === 'failed'
  // A graded session ends by itself and gets its receipt a moment later.
  useSessionLink(ended && submission?.receipt !== null ? undefined : session.id)
  const [open, setOpen] = useState(() => submission?.tasks.find(({ passed }) => !passed)?.task)
  const [asked, setAsked] = useState<string>()
  const over = submission?.at ?? session.endedAt
  const failed = session.state === 'failed'
  const problem = session.problem ?? {
    code: 'sandbox-gone',
    title: strings.failed,
    detail: strings.failedUnknown,
    hint: strings.failedHint,
  }
  return (
    <main className={styles.scroll}>
      <article className={styles.over}>
        <p className="dim num">
          {strings.passed(passedCount(lab.tasks, session), lab.tasks.length)}
          {over && (
            <>
              {' · '}
              {`${submission ? grading.submitted : failed ? strings.failedAt : strings.endedAt} `}
              <Ago at={over} now={now} />
            </>
          )}
        </p>
        <h1>{lab.title}</h1>
        {failed ? (
          <Trouble problem={{ ...problem, hint: `${strings.failedSafe} ${problem.hint}` }} />
        ) : (
          <p className="dim">
            {submission
              ? strings.gradedKept
              : `${session.outOfTime ? `${strings.outOfTime} ` : ''}${strings.endedKept} ${grading.none}`}
          </p>
        )}
        {submission && <GradeCard session={session.id} submission={submission} />}
        <StartAgain lab={lab} disabled={!ended} />
        <TaskList lab={lab} session={session} open={open} onOpen={setOpen} onEvidence={setAsked} over />
        <Afterword lab={lab} session={session} />
        {!failed && !isAllPassed(lab, session) && <p className="dim">{strings.later}</p>}
      </article>
      <Modal
        size="xl"
        opened={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={evidence.title}
        closeButtonProps={{ 'aria-label': strings.close }}
      >
        <EvidencePanel lab={lab} session={session} task={asked} />
      </Modal>
    </main>
  )
}
