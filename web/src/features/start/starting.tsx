import { IconCheck } from '@tabler/icons-react'
import type { Session } from '../../../../server/contract/session.ts'
import { icon } from '../../theme.ts'
import { measured } from '../../ui/format.ts'
import { useNow } from '../../ui/use-now.ts'
import styles from './start.module.css'
import { stepRows } from './steps.ts'
import { stepOrder, strings } from './strings.ts'

/** How often the running step's time moves, in milliseconds. */
const TICK = 100

/** The start as it happens: each real step with the time it took. */
export function Starting({ session }: { session: Session }) {
  const now = useNow(TICK)
  const rows = stepRows(stepOrder, session.steps, now - Date.parse(session.createdAt))
  return (
    <div className={styles.starting}>
      <h2>{strings.title}</h2>
      <ol className={styles.steps}>
        {rows.map(({ name, state, ms }) => (
          <li key={name} data-state={state}>
            <span className={styles.stepMark} aria-hidden>
              {state === 'done' && <IconCheck size={icon.base} stroke={2.4} />}
            </span>
            <span className={styles.stepName}>
              {state === 'done' ? strings.steps[name].done : strings.steps[name].doing}
            </span>
            <span className="dim num">{ms === undefined ? '' : measured(ms)}</span>
          </li>
        ))}
      </ol>
      <p className="dim">{strings.terminalNext}</p>
    </div>
  )
}
