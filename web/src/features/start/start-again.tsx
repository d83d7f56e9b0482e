import { Button } from '@mantine/core'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import { problemOf } from '../../api/http.ts'
import { useStartSession } from '../../api/sessions.ts'
import { Trouble } from '../../ui/trouble.tsx'
import { CannotStart } from './cannot-start.tsx'
import styles from './start.module.css'
import { strings } from './strings.ts'

/** Starts the lab anew, in a fresh sandbox. */
export function StartAgain({ lab, disabled }: { lab: LabDetail; disabled: boolean }) {
  const start = useStartSession()
  if (lab.problems.length > 0) return <CannotStart problems={lab.problems} />
  return (
    <>
      <div className={styles.start}>
        <Button
          variant="filled"
          disabled={disabled || start.isPending}
          onClick={() => start.mutate(lab.slug)}
        >
          {start.isPending ? strings.starting : strings.again}
        </Button>
      </div>
      {start.isError && <Trouble problem={problemOf(start.error)} />}
    </>
  )
}
