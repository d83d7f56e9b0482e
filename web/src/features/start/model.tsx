import type { LabDetail } from '../../../../server/contract/lab.ts'
import { InlineCode } from '../../ui/inline-code.tsx'
import styles from './start.module.css'
import { strings } from './strings.ts'

/** The one idea to keep in mind while working. */
export function Model({ lab }: { lab: LabDetail }) {
  return (
    <aside className={styles.model} aria-label={strings.model}>
      <h2 className="dim">{strings.model}</h2>
      <InlineCode text={lab.model} />
    </aside>
  )
}
