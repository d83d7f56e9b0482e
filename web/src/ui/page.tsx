import type { ReactNode } from 'react'
import styles from './page.module.css'

/** A page that scrolls under the top bar, in one column. */
export function Page({ children }: { children: ReactNode }) {
  return (
    <main className={styles.scroll}>
      <div className={styles.page}>{children}</div>
    </main>
  )
}
