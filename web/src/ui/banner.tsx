import type { ReactNode } from 'react'
import styles from './banner.module.css'

/** A line above the page's work that asks for something before it is too late. */
export function Banner({ children }: { children: ReactNode }) {
  return <aside className={styles.banner}>{children}</aside>
}
