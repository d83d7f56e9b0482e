import { IconCheck } from '@tabler/icons-react'
import { icon } from '../theme.ts'
import { measured } from './format.ts'
import styles from './step-list.module.css'

export interface ShownStep {
  name: string
  text: string
  state: 'done' | 'doing' | 'waiting'
  /** Milliseconds it took, or has taken so far. */
  ms: number | undefined
}

/** Steps as they happen, each with the time it took. */
export function StepList({ steps }: { steps: readonly ShownStep[] }) {
  return (
    <ol className={styles.steps}>
      {steps.map(({ name, text, state, ms }) => (
        <li key={name} data-state={state}>
          <span className={styles.mark} aria-hidden>
            {state === 'done' && <IconCheck size={icon.base} stroke={2.4} />}
          </span>
          <span className={styles.name}>{text}</span>
          <span className="dim num">{ms === undefined ? '' : measured(ms)}</span>
        </li>
      ))}
    </ol>
  )
}
