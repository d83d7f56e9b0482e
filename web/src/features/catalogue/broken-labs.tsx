import type { BrokenLab } from '../../../../server/contract/lab.ts'
import { LabProblem } from '../../ui/lab-problem.tsx'
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
            <ul className={styles.problems}>
              {problems.map((problem, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: problems of one lab have no other identity
                <li key={at}>
                  <LabProblem problem={problem} />
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  )
}
