import { Button } from '@mantine/core'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { BrokenTask } from '../../../../server/contract/problem.ts'
import { InlineCode } from '../../ui/inline-code.tsx'
import { Tag } from '../../ui/tag.tsx'
import { strings } from './strings.ts'
import styles from './submission.module.css'

/** The tasks whose checks could not be run, each with why: that is ours to mend, and nothing is lost. */
export function BrokenTasks({ lab, broken }: { lab: LabDetail; broken: BrokenTask[] }) {
  return (
    <ul className={styles.broken} aria-label={strings.brokenTasks}>
      {broken.map(({ task, message }) => {
        const at = lab.tasks.findIndex(({ id }) => id === task)
        return (
          <li key={task}>
            <Tag tone="broken">{strings.broken}</Tag>
            <span>
              {strings.task(at + 1, lab.tasks[at]?.title ?? task)}
              <span className={styles.message}>
                <InlineCode text={message} />
              </span>
            </span>
          </li>
        )
      })}
    </ul>
  )
}

/** Says what it costs to hand in what cannot be judged, and does it. */
export function Anyway({ broken, onSubmit }: { broken: BrokenTask[]; onSubmit(): void }) {
  return (
    <section className={styles.anyway} aria-label={strings.anyway}>
      {broken.some(({ passes }) => passes) && <p>{strings.tryFirst}</p>}
      <p>{strings.anywayWhy(broken.length)}</p>
      <Button onClick={onSubmit}>{strings.anyway}</Button>
    </section>
  )
}
