import { ActionIcon, Tooltip } from '@mantine/core'
import { IconBellFilled, IconPlus, IconX } from '@tabler/icons-react'
import type { KeyboardEvent, ReactNode } from 'react'
import { icon } from '../../theme.ts'
import { strings } from './strings.ts'
import styles from './terminal.module.css'
import type { TerminalTab } from './use-terminals.ts'

interface Props {
  tabs: TerminalTab[]
  active: number
  onShow(n: number): void
  /** The keys shall go to this terminal. */
  onEnter(n: number): void
  onClose(n: number): void
  onAdd(): void
  children: ReactNode
}

/** The row of open terminals. Arrows move between tabs, Delete closes one. */
export function TabBar({ tabs, active, onShow, onEnter, onClose, onAdd, children }: Props) {
  const move = (event: KeyboardEvent, at: number) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (event.key === 'Delete') onClose(tabs[at]?.n ?? 0)
    if (step === undefined) return
    const next = tabs[(at + step + tabs.length) % tabs.length]
    if (!next) return
    onShow(next.n)
    document.getElementById(`terminal-tab-${next.n}`)?.focus()
  }
  return (
    <div className={styles.bar}>
      {/* A tab list may hold nothing but tabs, and each tab stands beside its close button: so the list owns them from outside. */}
      <div
        role="tablist"
        aria-label={strings.tabs}
        aria-owns={tabs.map((tab) => `terminal-tab-${tab.n}`).join(' ')}
      />
      <div className={styles.tabs}>
        {tabs.map((tab, at) => (
          <div key={tab.n} className={styles.tab} data-active={tab.n === active || undefined}>
            <button
              type="button"
              role="tab"
              id={`terminal-tab-${tab.n}`}
              aria-selected={tab.n === active}
              aria-controls={`terminal-panel-${tab.n}`}
              tabIndex={tab.n === active ? 0 : -1}
              className={styles.tabName}
              onClick={() => {
                onShow(tab.n)
                onEnter(tab.n)
              }}
              onKeyDown={(event) => move(event, at)}
            >
              {strings.tab(tab.n)}
              {tab.bell && (
                <IconBellFilled
                  size={icon.small}
                  role="img"
                  aria-label={strings.bell}
                  className={styles.bell}
                />
              )}
            </button>
            <button
              type="button"
              className={styles.tabClose}
              aria-label={strings.close(tab.n)}
              onClick={() => onClose(tab.n)}
            >
              <IconX size={icon.small} aria-hidden />
            </button>
          </div>
        ))}
      </div>
      <Tooltip label={strings.openWhy}>
        <ActionIcon aria-label={strings.open} onClick={onAdd}>
          <IconPlus size={icon.base} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <span className="space" />
      {children}
    </div>
  )
}
