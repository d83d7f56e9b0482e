import { Button, Group, Modal } from '@mantine/core'
import { problemOf } from '../../api/http.ts'
import type { useEndSession } from '../../api/sessions.ts'
import { Trouble } from '../../ui/trouble.tsx'
import styles from './frame.module.css'
import { strings } from './strings.ts'

interface Props {
  end: ReturnType<typeof useEndSession>
  opened: boolean
  onClose(): void
}

/** Asks before the session is ended: what is in the sandbox is lost with it, and there is no grade. */
export function EndDialog({ end, opened, onClose }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={strings.endTitle}
      closeButtonProps={{ 'aria-label': strings.close }}
    >
      <p className={styles.why}>{strings.endWhy}</p>
      {end.isError && <Trouble compact problem={problemOf(end.error)} />}
      <Group justify="flex-end" mt="lg">
        <Button data-autofocus onClick={onClose}>
          {strings.keep}
        </Button>
        <Button
          variant="filled"
          color="red"
          disabled={end.isPending}
          onClick={() => end.mutate(undefined, { onSuccess: onClose })}
        >
          {strings.endNow}
        </Button>
      </Group>
    </Modal>
  )
}
