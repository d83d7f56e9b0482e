import { IconArrowDown, IconArrowLeft, IconArrowRight, IconArrowUp } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { icon } from '../../theme.ts'
import { strings } from './strings.ts'
import styles from './terminal.module.css'
import type { TerminalHandle } from './terminal-view.tsx'

interface Props {
  ctrl: boolean
  onCtrl(): void
  onPress(key: Parameters<TerminalHandle['press']>[0]): void
}

/** Keys that a phone's keyboard lacks. Pressing one leaves the focus, and so the keyboard, where it is. */
export function KeyRow({ ctrl, onCtrl, onPress }: Props) {
  const key = (label: string, face: ReactNode, press: () => void, pressed?: boolean) => (
    <button
      type="button"
      className={styles.key}
      aria-label={label}
      aria-pressed={pressed}
      onPointerDown={(event) => event.preventDefault()}
      onClick={press}
    >
      {face}
    </button>
  )
  return (
    <div className={styles.keyRow} role="toolbar" aria-label={strings.keys}>
      {key(strings.esc, strings.esc, () => onPress('esc'))}
      {key(strings.tabKey, strings.tabKey, () => onPress('tab'))}
      {key(strings.ctrl, strings.ctrl, onCtrl, ctrl)}
      {key(strings.up, <IconArrowUp size={icon.base} />, () => onPress('A'))}
      {key(strings.down, <IconArrowDown size={icon.base} />, () => onPress('B'))}
      {key(strings.left, <IconArrowLeft size={icon.base} />, () => onPress('D'))}
      {key(strings.right, <IconArrowRight size={icon.base} />, () => onPress('C'))}
    </div>
  )
}
