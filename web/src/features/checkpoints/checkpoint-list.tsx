import { ActionIcon, Button } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import { icon } from '../../theme.ts'
import { size } from '../../ui/format.ts'
import { Plain } from '../../ui/plain.tsx'
import { TimeOfDay } from '../../ui/time.tsx'
import { checkpointName } from './checkpoint-name.ts'
import styles from './checkpoints.module.css'
import { strings } from './strings.ts'

interface Props {
  lab: LabDetail
  session: Session
  onReset(checkpoint: string): void
  onRemove(checkpoint: string): void
}

/** The session's checkpoints, the newest first. */
export function CheckpointList({ lab, session, onReset, onRemove }: Props) {
  if (session.checkpoints.length === 0) return <p className={styles.empty}>{strings.none}</p>
  return (
    <ul className={styles.list} aria-label={strings.list}>
      {session.checkpoints.toReversed().map((checkpoint) => {
        const name = checkpointName(lab, checkpoint)
        return (
          <li key={checkpoint.id} className={styles.row}>
            <div className={styles.what}>
              <span className={styles.name}>
                <Plain text={name} />
              </span>
              <span className="dim num">
                <TimeOfDay at={checkpoint.at} /> · {size(checkpoint.bytes)}
              </span>
            </div>
            <Button aria-label={strings.resetTo(name)} onClick={() => onReset(checkpoint.id)}>
              {strings.reset}
            </Button>
            <ActionIcon aria-label={strings.remove(name)} onClick={() => onRemove(checkpoint.id)}>
              <IconTrash size={icon.base} aria-hidden />
            </ActionIcon>
          </li>
        )
      })}
    </ul>
  )
}
