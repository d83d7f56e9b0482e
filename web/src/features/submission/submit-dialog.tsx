import { Button, Group, Modal } from '@mantine/core'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import { problemOf } from '../../api/http.ts'
import type { useSubmit } from '../../api/sessions.ts'
import { measured } from '../../ui/format.ts'
import { Trouble } from '../../ui/trouble.tsx'
import { useNow } from '../../ui/use-now.ts'
import { Anyway, BrokenTasks } from './broken-tasks.tsx'
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
  const problem = submit.isError ? problemOf(submit.error) : undefined
  const broken = problem?.code === 'submission-broken' ? problem.tasks : undefined
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={submit.isPending ? strings.gradingTitle : problem ? strings.notGradedTitle : strings.title}
      closeButtonProps={{ 'aria-label': strings.close }}
    >
      {submit.isPending ? (
        <p className={styles.line} role="status">
          {strings.grading} <span className="dim num">{measured(Math.max(0, now - submit.submittedAt))}</span>
        </p>
      ) : problem ? (
        <div className={styles.fault}>
          {broken && <BrokenTasks lab={lab} broken={broken} />}
          <Trouble compact problem={problem} onRetry={() => submit.mutate({})} />
          {broken && <Anyway broken={broken} onSubmit={() => submit.mutate({ anyway: true })} />}
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
        {!submit.isPending && !problem && (
          <Button variant="filled" disabled={session.resetting} onClick={() => submit.mutate({})}>
            {strings.submit}
          </Button>
        )}
      </Group>
    </Modal>
  )
}
