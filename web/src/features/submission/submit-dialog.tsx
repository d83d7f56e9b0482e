import { Button, Group, Modal } from '@mantine/core'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import { problemOf } from '../../api/http.ts'
import type { useSubmit } from '../../api/sessions.ts'
import { measured } from '../../ui/format.ts'
import { InlineCode } from '../../ui/inline-code.tsx'
import { shownVerdict } from '../../ui/progress.ts'
import { Tag } from '../../ui/tag.tsx'
import { Trouble } from '../../ui/trouble.tsx'
import { useNow } from '../../ui/use-now.ts'
import { strings } from './strings.ts'
import styles from './submission.module.css'
import { whatHappens } from './what-happens.ts'

/** How often the time that it takes moves, in milliseconds. */
const TICK = 500

interface Props {
  lab: LabDetail
  session: Session
  submit: ReturnType<typeof useSubmit>
  opened: boolean
  onClose(): void
}

/** Says what a submission does before it is done, that it goes on while it does, and what kept it from being done. */
export function SubmitDialog({ lab, session, submit, opened, onClose }: Props) {
  const now = useNow(TICK, submit.isPending)
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={
        submit.isPending ? strings.gradingTitle : submit.isError ? strings.notGradedTitle : strings.title
      }
      closeButtonProps={{ 'aria-label': strings.close }}
    >
      {submit.isPending ? (
        <p className={styles.line} role="status">
          {strings.grading} <span className="dim num">{measured(Math.max(0, now - submit.submittedAt))}</span>
        </p>
      ) : submit.isError ? (
        <div className={styles.fault}>
          {problemOf(submit.error).code === 'submission-broken' && (
            <BrokenTasks lab={lab} session={session} />
          )}
          <Trouble compact problem={problemOf(submit.error)} onRetry={() => submit.mutate(undefined)} />
        </div>
      ) : (
        <ul className={styles.happens}>
          {whatHappens(lab, session).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <Group justify="flex-end" mt="lg">
        <Button data-autofocus onClick={onClose}>
          {submit.isPending ? strings.close : strings.keep}
        </Button>
        {!submit.isPending && !submit.isError && (
          <Button variant="filled" disabled={session.resetting} onClick={() => submit.mutate(undefined)}>
            {strings.submit}
          </Button>
        )}
      </Group>
    </Modal>
  )
}

/** The tasks whose checks could not be run: that is ours to mend, and nothing is lost. */
function BrokenTasks({ lab, session }: { lab: LabDetail; session: Session }) {
  const broken = lab.tasks.flatMap((task, at) => {
    const state = session.tasks.find((known) => known.task === task.id)
    return state?.status === 'broken' ? [{ task, n: at + 1, verdict: shownVerdict(state) }] : []
  })
  if (broken.length === 0) return null
  return (
    <ul className={styles.broken} aria-label={strings.brokenTasks}>
      {broken.map(({ task, n, verdict }) => (
        <li key={task.id}>
          <Tag tone="broken">{strings.broken}</Tag>
          <span>
            {strings.task(n, task.title)}
            {verdict && (
              <span className={styles.message}>
                <InlineCode text={verdict.message} />
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}
