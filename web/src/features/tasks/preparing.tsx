import type { Session } from '../../../../server/contract/session.ts'
import { measured } from '../../ui/format.ts'
import { useNow } from '../../ui/use-now.ts'
import { strings } from './strings.ts'
import styles from './tasks.module.css'

/** How often the seconds move, in milliseconds. */
const TICK = 500

/** The line that stands above the tasks until the lab is prepared. */
export function Preparing({ session }: { session: Session }) {
  const now = useNow(TICK)
  const before = session.steps.reduce((sum, step) => sum + (step.ms ?? 0), 0)
  return (
    <div className={styles.preparing}>
      <p>
        <span role="status">{strings.preparing}</span>{' '}
        <span className="dim num">{measured(now - Date.parse(session.createdAt) - before)}</span>
      </p>
      <p className="dim">{strings.preparingWhy}</p>
    </div>
  )
}
