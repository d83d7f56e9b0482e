import type { LabProblem } from '../../../../server/contract/lab.ts'
import { LabProblems } from '../../ui/lab-problems.tsx'
import styles from './start.module.css'
import { strings } from './strings.ts'

/** In the place of Start, while the lab's files are not valid. */
export function CannotStart({ problems }: { problems: readonly LabProblem[] }) {
  return (
    <section className={styles.cannot} role="alert">
      <h2>{strings.cannot}</h2>
      <LabProblems problems={problems} className={styles.problems} />
      <p className="dim">{strings.cannotWhy}</p>
    </section>
  )
}
