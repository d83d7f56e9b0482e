import type { Verdict } from '../../../../server/contract/session.ts'
import { InlineCode } from '../../ui/inline-code.tsx'
import { TimeOfDay } from '../../ui/time.tsx'
import { strings } from './strings.ts'
import styles from './tasks.module.css'

interface Props {
  verdict: Verdict
  /** `latched`: the task stays passed all the same; `lost`: it was passed and does not hold now. */
  passedBefore: 'latched' | 'lost' | undefined
  /** When it is judged again: by itself, when somebody asks, or never more. */
  again: 'live' | 'asked' | 'over'
}

/** A verdict: one sentence, then what was expected beside what was observed. */
export function VerdictCard({ verdict, passedBefore, again }: Props) {
  const [first] = verdict.evidence
  return (
    <div className={styles.verdict} data-status={verdict.status}>
      {passedBefore === 'latched' && <p className={styles.note}>{strings.passedBefore}</p>}
      {passedBefore === 'lost' && <p className={styles.lost}>{strings.lostWhy}</p>}
      <p className={styles.say}>
        <InlineCode text={verdict.message} />
      </p>
      {verdict.status === 'broken' && <p className={styles.broken}>{strings.brokenWhy[again]}</p>}
      {first && (
        <dl className={styles.pair}>
          <dt>{strings.expected}</dt>
          <dd>
            <InlineCode text={first.expected} brief />
          </dd>
          <dt>{strings.observed}</dt>
          <dd>
            <InlineCode text={first.observed || strings.nothing} brief />
          </dd>
          <dt>{strings.seenIn}</dt>
          <dd className="dim">
            <InlineCode text={first.source} brief /> · <TimeOfDay at={verdict.at} />
          </dd>
        </dl>
      )}
    </div>
  )
}
