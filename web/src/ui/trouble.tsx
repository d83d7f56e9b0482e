import { Button } from '@mantine/core'
import { IconAlertTriangle, IconPlugConnectedX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { icon } from '../theme.ts'
import { InlineCode } from './inline-code.tsx'
import { strings } from './strings.ts'
import styles from './trouble.module.css'

/** What can be said of a fault: what happened, what is safe, what to do next. */
export interface TroubleText {
  title: string
  detail: string
  hint: string
  code: string
}

interface Props {
  problem: TroubleText
  onRetry?: () => void
  /** Inside something else: no card of its own. */
  compact?: boolean
  children?: ReactNode
}

export function Trouble({ problem, onRetry, compact = false, children }: Props) {
  const offline = problem.code === 'offline'
  const Icon = offline ? IconPlugConnectedX : IconAlertTriangle
  return (
    <div
      className={styles.trouble}
      role="alert"
      data-compact={compact || undefined}
      data-offline={offline || undefined}
    >
      <Icon className={styles.icon} aria-hidden size={icon.large} stroke={1.8} />
      <div className={styles.text}>
        <p className={styles.title}>{problem.title}</p>
        {problem.detail !== problem.title && (
          <p>
            <InlineCode text={problem.detail} />
          </p>
        )}
        <p className="dim">
          <InlineCode text={problem.hint} />
        </p>
        {(onRetry || children) && (
          <div className={styles.acts}>
            {onRetry && <Button onClick={onRetry}>{strings.again}</Button>}
            {children}
          </div>
        )}
      </div>
    </div>
  )
}
