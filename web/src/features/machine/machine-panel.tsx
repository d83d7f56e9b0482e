import { IconWorldOff } from '@tabler/icons-react'
import type { LabDetail } from '../../../../server/contract/lab.ts'
import type { Session } from '../../../../server/contract/session.ts'
import { icon } from '../../theme.ts'
import { InlineCode } from '../../ui/inline-code.tsx'
import styles from './machine.module.css'
import { strings } from './strings.ts'

/** What there is to work with: images, tools, how much of everything, and that nothing can be fetched. */
export function MachinePanel({ lab, size }: { lab: LabDetail; size: Session['size'] }) {
  return (
    <div className={styles.machine}>
      <p className={styles.offline}>
        <IconWorldOff size={icon.base} aria-hidden />
        <span>
          <InlineCode text={strings.offlineWhy} />
        </span>
      </p>
      <h3 className={styles.heading}>{strings.images}</h3>
      <dl className={styles.images}>
        {lab.images.map((image) => (
          <div key={image.name} className={styles.image}>
            <dt>
              <code>{image.name}</code>
            </dt>
            <dd className="dim">
              <InlineCode text={image.about} />
            </dd>
          </div>
        ))}
      </dl>
      <h3 className={styles.heading}>{strings.tools}</h3>
      <ul className={styles.tools}>
        {lab.tools.map((tool) => (
          <li key={tool}>
            <code>{tool}</code>
          </li>
        ))}
      </ul>
      {size && (
        <>
          <h3 className={styles.heading}>{strings.limits}</h3>
          <p className={styles.limits}>{strings.size(size)}</p>
        </>
      )}
    </div>
  )
}
