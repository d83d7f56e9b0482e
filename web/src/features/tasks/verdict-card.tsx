import type { Verdict } from '../../../../server/contract/session.ts'
import { InlineCode } from '../../ui/inline-code.tsx'
import { TimeOfDay } from '../../ui/time.tsx'
import { strings } from './strings.ts'
import styles from './tasks.module.css'

interface Props {
  verdict: Verdict
  /** `latched`: the task stays passed all the same; `lost`: it was passed and does not hold now. */
  passedBefore: 'latched' | 'lost' | undefined
  /** Nothing is tried again any more. */
  over: boolean
}

/** A verdict: one sentence, then what was expected beside what was observed. */
export function VerdictCard({ verdict, passedBefore, over }: Props) {
  const [first] = verdict.evidence
  return (
    <div className={styles.verdict} data-status={verdict.status}>
      {passedBefore === 'latched' && <p className={styles.note}>{strings.passedBefore}</p>}
      {passedBefore === 'lost' && <p className={styles.lost}>{strings.lostWhy}</p>}
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
