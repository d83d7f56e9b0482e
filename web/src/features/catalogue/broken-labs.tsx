import type { BrokenLab } from '../../../../server/contract/lab.ts'
import { LabProblems } from '../../ui/lab-problems.tsx'
import { Plain } from '../../ui/plain.tsx'
import { Tag } from '../../ui/tag.tsx'
import styles from './catalogue.module.css'
import { strings } from './strings.ts'

/** Labs that cannot be used, with all that is wrong in their files, for who writes them. */
export function BrokenLabs({ labs }: { labs: readonly BrokenLab[] }) {
  if (labs.length === 0) return null
  return (
    <section className={styles.broken} aria-label={strings.brokenTitle}>
      <h2>{strings.brokenTitle}</h2>
      <p className="dim">{strings.brokenWhy}</p>
      <ul className={styles.list}>
        {labs.map(({ slug, problems }) => (
          <li key={slug} className={styles.brokenLab}>
            <h3>
              <Plain text={slug} />
            </h3>
            <Tag tone="fault">{strings.problems(problems.length)}</Tag>
            <LabProblems problems={problems} className={styles.problems} />
          </li>
        ))}
      </ul>
    </section>
  )
}
