import { IconInfoCircle } from '@tabler/icons-react'
import type { MachineFinding } from '../../../server/contract/session.ts'
import { icon } from '../theme.ts'
import styles from './machine-findings.module.css'
import { Plain } from './plain.tsx'

interface Props {
  /** What it means, one sentence. */
  about: string
  /** Without them only the sentence is said. */
  findings?: readonly MachineFinding[]
}

/** What of a machine is not as at its start: a note that accuses nobody, and is no fault. */
export function MachineFindings({ about, findings = [] }: Props) {
  return (
    <div className={styles.note}>
      <IconInfoCircle size={icon.base} aria-hidden />
      <div>
        <p>{about}</p>
        {findings.length > 0 && (
          <ul>
            {findings.map(({ path, what }) => (
              <li key={`${path} ${what}`}>
                <code>
                  <Plain text={path} />
                </code>{' '}
                <Plain text={what} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  )
}
