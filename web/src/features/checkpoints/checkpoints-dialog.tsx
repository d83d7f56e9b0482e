import { Modal } from '@mantine/core'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import { useRemoveCheckpoint, useReset } from '../../api/sessions.ts'
import { CheckpointList } from './checkpoint-list.tsx'
import { checkpointName } from './checkpoint-name.ts'
import styles from './checkpoints.module.css'
import { Confirm } from './confirm.tsx'
import { SaveCheckpoint } from './save-checkpoint.tsx'
import { strings } from './strings.ts'

/** What the dialog shows: all checkpoints, or the question about one. */
export type CheckpointsView = { show: 'list' } | { show: 'reset' | 'remove'; checkpoint: string }

interface Props {
  lab: LabDetail
  session: Session
  /** Closed when undefined. */
  view: CheckpointsView | undefined
  onView(view: CheckpointsView | undefined): void
}

/** Copies of the machine: saved, listed, removed, and gone back to. */
export function CheckpointsDialog({ lab, session, view, onView }: Props) {
  const reset = useReset(session.id)
  const remove = useRemoveCheckpoint(session.id)
  const close = () => onView(undefined)
  const asked =
    view && view.show !== 'list' ? session.checkpoints.find(({ id }) => id === view.checkpoint) : undefined
  const what = asked && view?.show === 'remove' ? 'remove' : 'reset'
  return (
    <Modal
      // While the machine is set back that is what one looks at; if it fails the question is there again and says so.
      opened={view !== undefined && !session.resetting}
      onClose={close}
      title={asked ? (what === 'reset' ? strings.resetTitle : strings.removeTitle) : strings.title}
      closeButtonProps={{ 'aria-label': strings.close }}
    >
      {asked ? (
        <Confirm
          key={`${what} ${asked.id}`}
          name={checkpointName(lab, asked)}
          what={what}
          change={what === 'reset' ? reset : remove}
          onConfirm={() =>
            what === 'reset'
              ? reset.mutate(asked.id, { onSuccess: close })
              : remove.mutate(asked.id, { onSuccess: () => onView({ show: 'list' }) })
          }
          onLeave={close}
        />
      ) : (
        <>
          <p className={styles.about}>{strings.about}</p>
          <SaveCheckpoint session={session.id} />
          <CheckpointList
            lab={lab}
            session={session}
            onReset={(checkpoint) => onView({ show: 'reset', checkpoint })}
            onRemove={(checkpoint) => onView({ show: 'remove', checkpoint })}
          />
        </>
      )}
    </Modal>
  )
}
