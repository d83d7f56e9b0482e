import { Button } from '@mantine/core'
import { useState } from 'react'
import type { TaskState } from '../../../../server/contract/session.ts'
import { keepFocus } from '../../ui/keep-focus.ts'
import { Markdown } from '../../ui/markdown.tsx'
import { strings } from './strings.ts'
import styles from './tasks.module.css'

/** The hints taken, in their order; what is added is read out. */
export function HintList({ taken }: { taken: readonly string[] }) {
  return (
    <ol
      className={styles.hints}
      aria-label={strings.hints}
      aria-live="polite"
      data-empty={taken.length === 0}
    >
      {taken.map((text, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: hints are only ever added, and may be equal
        <li key={at} className={styles.hint}>
          <h3 className="dim">{strings.hintTitle(at + 1)}</h3>
          <Markdown text={text} />
        </li>
      ))}
    </ol>
  )
}

interface Props {
  hints: TaskState['hints']
  /** What one takes of the task's weight, 0 to 1. */
  cost: number
  busy: boolean
  onTake(): void
}

/** Takes the next hint; one that costs is asked for once more. */
export function HintButton({ hints: { taken, left }, cost, busy, onTake }: Props) {
  const [asking, setAsking] = useState(false)
  if (left === 0)
    return taken.length === 0 ? null : <span className={styles.none}>{strings.noMoreHints}</span>
  const take = () => {
    setAsking(false)
    onTake()
  }
  return (
    <>
      <Button
        {...keepFocus}
        aria-busy={busy}
        aria-disabled={busy}
        aria-expanded={cost > 0 ? asking : undefined}
        onClick={() => {
          if (busy) return
          if (cost > 0) setAsking(!asking)
          else take()
        }}
      >
        {taken.length === 0 ? strings.hint : strings.anotherHint}
        {cost > 0 && <span className={styles.price}>{strings.hintCosts(cost)}</span>}
      </Button>
      {asking && (
        <fieldset className={styles.ask} aria-label={strings.hint}>
          <p role="status">{strings.hintAsk(cost)}</p>
          <Button {...keepFocus} onClick={take}>
            {strings.hintTake}
          </Button>
          <Button {...keepFocus} variant="subtle" onClick={() => setAsking(false)}>
            {strings.hintLeave}
          </Button>
        </fieldset>
      )}
    </>
  )
}
