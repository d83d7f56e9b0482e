import { Button, Group, Modal } from '@mantine/core'
import { problemOf } from '../../api/http.ts'
import type { useEndSession, useStartAnew } from '../../api/sessions.ts'
import { Trouble } from '../../ui/trouble.tsx'
import styles from './frame.module.css'
import { strings } from './strings.ts'

interface Props {
  end: ReturnType<typeof useEndSession>
  anew: ReturnType<typeof useStartAnew>
  opened: boolean
  onClose(): void
}

/** Asks before the session is ended, or thrown away for a fresh one: what is in the sandbox is lost with it, and there is no grade. */
export function EndDialog({ end, anew, opened, onClose }: Props) {
  const isPending = end.isPending || anew.isPending
  const failure = [end, anew].find(({ isError }) => isError)
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={strings.endTitle}
      closeButtonProps={{ 'aria-label': strings.close }}
    >
      <p className={styles.why}>{strings.endWhy}</p>
      {failure && <Trouble compact problem={problemOf(failure.error)} />}
      <Group justify="flex-end" mt="lg">
        <Button data-autofocus onClick={onClose}>
          {strings.keep}
        </Button>
        <Button disabled={isPending} onClick={() => anew.mutate(undefined, { onSuccess: onClose })}>
          {strings.anew}
        </Button>
        <Button
          variant="filled"
          color="red"
          disabled={isPending}
          onClick={() => end.mutate(undefined, { onSuccess: onClose })}
        >
          {strings.endNow}
        </Button>
      </Group>
    </Modal>
  )
}
