import { Button } from '@mantine/core'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import { keepFocus } from '../../ui/keep-focus.ts'
import { Markdown } from '../../ui/markdown.tsx'
import { passedCount } from '../../ui/progress.ts'
import styles from './afterwards.module.css'
import { strings } from './strings.ts'

/** What the lab has shown and what to try next; there once all tasks are passed. */
export function Afterword({ lab, session }: { lab: LabDetail; session: Session }) {
  if (!isAllPassed(lab, session)) return null
  return (
    <section className={styles.afterword}>
      <h2>{strings.shown}</h2>
      <Markdown text={lab.afterword} />
    </section>
  )
}

/** Said while the session still runs and nothing is left to do. */
export function AllPassed({
  lab,
  session,
  onSubmit,
}: {
  lab: LabDetail
  session: Session
  onSubmit(): void
}) {
  if (!isAllPassed(lab, session)) return null
  return (
    <div className={styles.all}>
      <h2>{strings.all}</h2>
      <p className="dim">{strings.allWhy}</p>
      <Button {...keepFocus} variant="filled" onClick={onSubmit}>
        {strings.submit}
      </Button>
    </div>
  )
}

/** Whether nothing is left to do. */
export const isAllPassed = (lab: LabDetail, session: Session): boolean =>
  lab.tasks.length > 0 && passedCount(lab.tasks, session) === lab.tasks.length
