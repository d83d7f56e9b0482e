import { Button } from '@mantine/core'
import { problemOf } from '../../api/http.ts'
import { useStartSession } from '../../api/sessions.ts'
import { Trouble } from '../../ui/trouble.tsx'
import styles from './start.module.css'
import { strings } from './strings.ts'

/** Starts the lab anew, in a fresh sandbox. */
export function StartAgain({ lab, disabled }: { lab: string; disabled: boolean }) {
  const start = useStartSession()
  return (
    <>
      <div className={styles.start}>
        <Button variant="filled" disabled={disabled || start.isPending} onClick={() => start.mutate(lab)}>
          {start.isPending ? strings.starting : strings.again}
        </Button>
      </div>
      {start.isError && <Trouble problem={problemOf(start.error)} />}
    </>
  )
}
