import { useState } from 'react'
import { measured } from '../../ui/format.ts'
import { useNow } from '../../ui/use-now.ts'
import styles from './checkpoints.module.css'
import { strings } from './strings.ts'

/** How often the time moves, in milliseconds. */
const TICK = 100

/** In the place of the terminals while the machine is set back. */
export function Resetting() {
  const [since] = useState(Date.now)
  const now = useNow(TICK)
  return (
    <div className={styles.resetting} role="status">
      <h2>{strings.resetting}</h2>
      <p className="dim">
        {strings.resettingWhy}{' '}
        <span className="num" aria-hidden>
          {measured(now - since)}
        </span>
      </p>
    </div>
  )
}
