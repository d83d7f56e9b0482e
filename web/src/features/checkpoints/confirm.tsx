import { Button, Group } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { problemOf } from '../../api/http.ts'
import type { useRemoveCheckpoint, useReset } from '../../api/sessions.ts'
import { Plain } from '../../ui/plain.tsx'
import { Trouble } from '../../ui/trouble.tsx'
import styles from './checkpoints.module.css'
import { strings } from './strings.ts'

interface Props {
  /** What the checkpoint is called. */
  name: string
  what: 'reset' | 'remove'
  change: ReturnType<typeof useReset> | ReturnType<typeof useRemoveCheckpoint>
  onConfirm(): void
  onLeave(): void
}

/** Asks before the machine is set back or a checkpoint is removed: both cannot be undone. */
export function Confirm({ name, what, change, onConfirm, onLeave }: Props) {
  const leave = useRef<HTMLButtonElement>(null)
  useEffect(() => leave.current?.focus(), [])
  return (
    <>
      <p className={styles.about}>
        <b>
          <Plain text={what === 'reset' ? strings.back(name) : name} />
        </b>
      </p>
      {what === 'reset' ? (
        <ul className={styles.happens}>
          <li>{strings.lost}</li>
          <li>{strings.kept}</li>
          <li>{strings.reboot}</li>
        </ul>
      ) : (
        <p className={styles.about}>{strings.removeWhy}</p>
      )}
      {change.isError && <Trouble compact problem={problemOf(change.error)} />}
      <Group justify="flex-end" mt="lg">
        <Button ref={leave} onClick={onLeave}>
          {strings.keep}
        </Button>
        <Button
          variant="filled"
          color="red"
          aria-busy={change.isPending}
          onClick={() => change.isPending || onConfirm()}
        >
          {what === 'remove' ? strings.removeNow : change.isPending ? strings.resettingNow : strings.resetNow}
        </Button>
      </Group>
    </>
  )
}
