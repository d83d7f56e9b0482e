import { Skeleton, VisuallyHidden } from '@mantine/core'
import { strings as common } from '../../ui/strings.ts'
import styles from './catalogue.module.css'

const ROWS = ['a', 'b', 'c', 'd', 'e']

/** The catalogue's shape while it loads. */
export function CatalogueSkeleton() {
  return (
    <div aria-busy="true">
      <VisuallyHidden role="status">{common.loading}</VisuallyHidden>
      <div className={styles.list} aria-hidden>
        {ROWS.map((row) => (
          <div key={row} className={styles.row}>
            <Skeleton circle height="var(--ring)" width="var(--ring)" />
            <span className={styles.text}>
              <Skeleton height="var(--font-base)" width="40%" />
              <Skeleton height="var(--font-base)" width="65%" mt="xs" />
            </span>
            <Skeleton className={styles.minutes} height="var(--font-base)" />
            <Skeleton className={styles.level} height="var(--font-base)" />
            <Skeleton className={styles.state} height="var(--tag)" radius="xl" />
          </div>
        ))}
      </div>
    </div>
  )
}
