import { IconHourglass } from '@tabler/icons-react'
import type { Session } from '../../../../server/contract/session.ts'
import { icon } from '../../theme.ts'
import { measured } from '../../ui/format.ts'
import { useNow } from '../../ui/use-now.ts'
import { strings } from './strings.ts'
import styles from './tasks.module.css'

/** How often the seconds move, in milliseconds. */
const TICK = 500

/** Said beside the tasks until they can be checked. */
export function Preparing({ session }: { session: Session }) {
  const now = useNow(TICK)
  // Until the engine is ready the whole start counts, then what is left of it.
  const before = session.engineReady ? session.steps.reduce((sum, step) => sum + (step.ms ?? 0), 0) : 0
  return (
    <span className={styles.preparing} title={session.engineReady ? strings.preparingWhy : undefined}>
      <IconHourglass size={icon.base} aria-hidden />
      <span role="status">
        {session.waiting
          ? strings.inLine(session.waiting.place)
          : session.engineReady
            ? strings.preparing
            : strings.starting}
      </span>
      {!session.waiting && (
        <span className="num">{measured(now - Date.parse(session.createdAt) - before)}</span>
      )}
    </span>
  )
}
