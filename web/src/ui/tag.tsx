import { IconAlertTriangle, IconCheck, IconCircle, IconCircleDashed, IconTool } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { icon } from '../theme.ts'
import styles from './tag.module.css'

export type Tone = 'pass' | 'yet' | 'broken' | 'fault' | 'plain'

const icons = {
  pass: IconCheck,
  yet: IconCircle,
  broken: IconTool,
  fault: IconAlertTriangle,
  plain: IconCircleDashed,
}
/** A state in a word with its icon and colour: colour never speaks alone. */
export function Tag({ tone, plain = false, children }: { tone: Tone; plain?: boolean; children: ReactNode }) {
  const Icon = icons[tone]
  return (
    <span className={styles.tag} data-tone={tone}>
      {!plain && <Icon size={icon.small} aria-hidden stroke={2.4} />}
      {children}
    </span>
  )
}
