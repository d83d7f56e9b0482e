import type { Session } from '../../../../server/contract/session.ts'
import { StepList } from '../../ui/step-list.tsx'
import { useNow } from '../../ui/use-now.ts'
import styles from './start.module.css'
import { stepRows } from './steps.ts'
import { stepOrder, strings } from './strings.ts'

/** How often the running step's time moves, in milliseconds. */
const TICK = 100

/** The start as it happens: each real step with the time it took. */
export function Starting({ session }: { session: Session }) {
  const now = useNow(TICK)
  const rows = stepRows(stepOrder, session.steps, now - Date.parse(session.begunAt ?? session.createdAt))
  if (session.waiting) return <Waiting {...session.waiting} />
  return (
    <div className={styles.starting}>
      <h2>{strings.title}</h2>
      <StepList
        steps={rows.map((row) => ({
          ...row,
          text: row.state === 'done' ? strings.steps[row.name].done : strings.steps[row.name].doing,
        }))}
      />
      <p className="dim">{strings.terminalNext}</p>
    </div>
  )
}

/** Where one stands in line, and for how long. */
function Waiting({ place, startsIn }: NonNullable<Session['waiting']>) {
  return (
    <div className={styles.starting} role="status">
      <h2>{strings.place(place)}</h2>
      <p>{startsIn === null ? strings.full : strings.startsIn(startsIn)}</p>
      <p className="dim">{strings.keepsPlace}</p>
    </div>
  )
}
