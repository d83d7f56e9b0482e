import { Skeleton, VisuallyHidden } from '@mantine/core'
import styles from './lab.module.css'
import { strings } from './strings.ts'

const LINES = ['90%', '100%', '96%', '40%']

/** The shape of a lab's page while it loads. */
export function LabSkeleton() {
  return (
    <main className={styles.scroll} aria-busy="true">
      <VisuallyHidden role="status">{strings.loading}</VisuallyHidden>
      <div className={styles.skeleton} aria-hidden>
        <Skeleton height="var(--font-base)" width="40%" />
        <Skeleton height="var(--space-6)" width="60%" />
        <Skeleton height="var(--control)" width="var(--column-state)" />
        {LINES.map((width) => (
          <Skeleton key={width} height="var(--font-base)" width={width} />
        ))}
      </div>
    </main>
  )
}
