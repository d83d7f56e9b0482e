import type { Verdict } from '../../../../server/contract/session.ts'
import { InlineCode } from '../../ui/inline-code.tsx'
import { TimeOfDay } from '../../ui/time.tsx'
import { strings } from './strings.ts'
import styles from './tasks.module.css'

interface Props {
  verdict: Verdict
  /** How the verdict stands to what counts, where that needs a word. */
  note: string | undefined
  /** Nothing is tried again any more. */
  over: boolean
}

/** A verdict: one sentence, then what was expected beside what was observed. */
export function VerdictCard({ verdict, note, over }: Props) {
  const [first] = verdict.evidence
  return (
    <div className={styles.verdict} data-status={verdict.status}>
      {note && <p className={styles.note}>{note}</p>}
      <p className={styles.say}>
        <InlineCode text={verdict.message} />
      </p>
      {verdict.status === 'broken' && (
        <p className={styles.broken}>{over ? strings.brokenOver : strings.brokenWhy}</p>
      )}
      {first && (
        <dl className={styles.pair}>
          <dt>{strings.expected}</dt>
          <dd>
            <InlineCode text={first.expected} />
          </dd>
          <dt>{strings.observed}</dt>
          <dd>
            <InlineCode text={first.observed || strings.nothing} />
          </dd>
          <dt>{strings.seenIn}</dt>
          <dd className="dim">
            <InlineCode text={first.source} /> · <TimeOfDay at={verdict.at} />
          </dd>
        </dl>
      )}
    </div>
  )
}
