import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { Submission } from '../../../../server/contract/session.ts'
import { receiptPath } from '../../api/sessions.ts'
import { icon } from '../../theme.ts'
import { points } from '../../ui/format.ts'
import { InlineCode } from '../../ui/inline-code.tsx'
import { MachineFindings } from '../../ui/machine-findings.tsx'
import { strings } from './strings.ts'
import styles from './submission.module.css'

/** The grade of a submitted session, and the file that proves it. */
export function GradeCard({ session, submission }: { session: string; submission: Submission }) {
  const unjudged = submission.tasks.filter(({ broken }) => broken).length
  return (
    <section className={styles.card} aria-label={strings.grade}>
      <div className={styles.score}>
        <h2 className="dim">{strings.grade}</h2>
        <p className={styles.points}>{strings.points(points(submission.points), points(submission.of))}</p>
      </div>
      {submission.receipt ? (
        <Button
          component="a"
          href={receiptPath(session)}
          download
          leftSection={<IconDownload size={icon.base} aria-hidden />}
        >
          {strings.receipt}
        </Button>
      ) : (
        <span className="dim" role="status">
          {strings.receiptSoon}
        </span>
      )}
      {unjudged > 0 && <p className={styles.unjudged}>{strings.unjudged(unjudged)}</p>}
      {submission.tampered.length > 0 && (
        <div className={styles.machine}>
          <MachineFindings about={strings.tampered} findings={submission.tampered} />
        </div>
      )}
      <p className={styles.why}>
        <InlineCode text={strings.receiptWhy} />
      </p>
    </section>
  )
}
