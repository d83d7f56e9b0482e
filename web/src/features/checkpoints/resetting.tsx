import { useState } from 'react'
import { StepList } from '../../ui/step-list.tsx'
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
    <div className={styles.resetting}>
      <h2>{strings.resetting}</h2>
      <StepList
        steps={[
          { name: 'machine', text: strings.steps.machine, state: 'doing', ms: Math.max(0, now - since) },
          { name: 'shells', text: strings.steps.shells, state: 'waiting', ms: undefined },
        ]}
      />
      <p className="dim">{strings.resettingWhy}</p>
    </div>
  )
}
