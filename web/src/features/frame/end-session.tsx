import { Button, Group, Modal } from '@mantine/core'
import { useState } from 'react'
import type { Session } from '../../../../server/contract/session.ts'
import { problemOf } from '../../api/http.ts'
import { useEndSession } from '../../api/sessions.ts'
import { Trouble } from '../../ui/trouble.tsx'
import styles from './frame.module.css'
import { strings } from './strings.ts'

/** Ends the session, after a question: what is in the sandbox is lost with it. */
export function EndSession({ session }: { session: Session }) {
  const [asking, setAsking] = useState(false)
  const end = useEndSession(session.id)
  const ending = session.state === 'ending' || end.isPending
  return (
    <>
      <Button disabled={ending} onClick={() => setAsking(true)}>
        {ending ? strings.ending : strings.end}
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={strings.endTitle}
        closeButtonProps={{ 'aria-label': strings.close }}
      >
        <p className={styles.why}>{strings.endWhy}</p>
        {end.isError && <Trouble compact problem={problemOf(end.error)} />}
        <Group justify="flex-end" mt="lg">
          <Button data-autofocus onClick={() => setAsking(false)}>
            {strings.keep}
          </Button>
          <Button
            variant="filled"
            color="red"
            disabled={ending}
            onClick={() => end.mutate(undefined, { onSuccess: () => setAsking(false) })}
          >
            {strings.endNow}
          </Button>
        </Group>
      </Modal>
    </>
  )
}
