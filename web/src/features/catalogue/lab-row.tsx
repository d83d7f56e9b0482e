import { Link } from '@tanstack/react-router'
import { Ring } from '../../ui/ring.tsx'
import { Tag } from '../../ui/tag.tsx'
import styles from './catalogue.module.css'
import type { LabRow } from './progress.ts'
import { strings } from './strings.ts'

interface Props {
  row: LabRow
  /** Titles of the labs that come before this one and are not passed yet. */
  before: string[]
}

/** A lab in the catalogue. Its title is the link; the whole row leads there. */
export function LabRowLink({ row: { lab, passed, state }, before }: Props) {
  return (
    <li className={styles.row}>
      <Ring passed={passed} total={lab.tasks} />
      <div className={styles.text}>
        <Link to="/labs/$slug" params={{ slug: lab.slug }} className={styles.link}>
          {lab.title}
        </Link>
        <span className={styles.promise}>{lab.promise}</span>
        {before.length > 0 && <span className={styles.before}>{strings.before(before)}</span>}
      </div>
      <span className={`${styles.minutes} dim num`}>{strings.minutes(lab.minutes)}</span>
      <span className={`${styles.level} dim`}>{strings.levels[lab.level]}</span>
      <span className={styles.state}>
        {state === 'not-started' ? (
          <Tag tone="plain" plain>
            {strings.tasks(lab.tasks)}
          </Tag>
        ) : (
          <Tag tone={state === 'passed' ? 'pass' : 'yet'}>{strings.count(passed, lab.tasks)}</Tag>
        )}
      </span>
    </li>
  )
}
