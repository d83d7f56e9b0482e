import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconAdjustmentsHorizontal, IconInfoCircle, IconPlugConnectedX, IconX } from '@tabler/icons-react'
import {
  lazy,
  type ReactNode,
  type Ref,
  Suspense,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from 'react'
import type { LinkState, SessionLink } from '../../api/session-link.ts'
import { icon, type Scheme } from '../../theme.ts'
import { InlineCode } from '../../ui/inline-code.tsx'
import { KeyRow } from './key-row.tsx'
import { useTerminalSettings } from './settings.ts'
import { strings } from './strings.ts'
import { TabBar } from './tab-bar.tsx'
import styles from './terminal.module.css'
import type { TerminalHandle } from './terminal-view.tsx'
import { useTerminals } from './use-terminals.ts'

const TerminalView = lazy(() => import('./terminal-view.tsx'))

export interface TerminalsHandle {
  focus(): void
  /** Whether the keys go to a shell now. */
  focused(): boolean
}

interface Props {
  link: SessionLink | undefined
  state: LinkState
  scheme: Scheme
  /** A kind line above the terminal, such as that there is nothing to pull from. */
  notice: string | undefined
  onDismissNotice(): void
  /** Stands in the place of the shells while the machine is set back; they are opened anew afterwards. */
  away: ReactNode
  /** Show the row of extra keys. */
  narrow: boolean
  ref: Ref<TerminalsHandle>
}

/** The shells of a session in tabs. */
export function Terminals({ link, state, scheme, notice, onDismissNotice, away, narrow, ref }: Props) {
  const [{ tabs, active, known, machine }, act] = useTerminals(link)
  const { settings, zoom, toggleScreenReader } = useTerminalSettings()
  const [said, say] = useState<string>()
  const [ctrl, setCtrl] = useState(false)
  const held = useRef(false)
  held.current = ctrl
  const views = useRef(new Map<number, TerminalHandle>())
  const area = useRef<HTMLElement>(null)
  const shown = () => views.current.get(active)

  useImperativeHandle(ref, () => ({
    focus: () => shown()?.focus(),
    focused: () =>
      area.current?.querySelector('.xterm')?.contains(document.activeElement) === true ||
      document.activeElement?.classList.contains('xterm-helper-textarea') === true,
  }))

  const isAway = Boolean(away)
  const wasAway = useRef(isAway)
  useEffect(() => {
    if (wasAway.current && !isAway) act({ do: 'renew' })
    wasAway.current = isAway
  }, [isAway, act])

  const takeCtrl = () => {
    if (!held.current) return false
    setCtrl(false)
    return true
  }
  const close = (n: number) => {
    const id = tabs.find((tab) => tab.n === n)?.id
    // A terminal that the server no longer has is closed all the same.
    if (id !== undefined) link?.closeTerminal(id).catch(() => {})
    act({ do: 'close', n })
  }
  const line = notice ?? said

  return (
    <section className={styles.area} aria-label={strings.region} ref={area}>
      <TabBar
        tabs={tabs}
        active={active}
        onShow={(n) => act({ do: 'show', n })}
        onEnter={(n) => setTimeout(() => views.current.get(n)?.focus())}
        onClose={close}
        onAdd={() => act({ do: 'add' })}
      >
        <Menu position="bottom-end" alignItemsLabels="all">
          <Menu.Target>
            <ActionIcon aria-label={strings.menu}>
              <IconAdjustmentsHorizontal size={icon.base} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item closeMenuOnClick={false} onClick={() => zoom(1)} rightSection={<kbd>Ctrl +</kbd>}>
              {strings.bigger}
            </Menu.Item>
            <Menu.Item closeMenuOnClick={false} onClick={() => zoom(-1)} rightSection={<kbd>Ctrl -</kbd>}>
              {strings.smaller}
            </Menu.Item>
            <Menu.Item onClick={() => zoom(0)} rightSection={<kbd>Ctrl 0</kbd>}>
              {strings.reset}
            </Menu.Item>
            <Menu.Item
              onClick={() => setTimeout(() => shown()?.find())}
              rightSection={<kbd>Ctrl Shift F</kbd>}
            >
              {strings.search}
            </Menu.Item>
            <Menu.Divider />
            <Menu.CheckboxItem checked={settings.screenReader} onChange={toggleScreenReader}>
              {strings.screenReader}
            </Menu.CheckboxItem>
          </Menu.Dropdown>
        </Menu>
      </TabBar>
      {state === 'reconnecting' && (
        <div className={styles.line} data-tone="yet" role="status">
          <IconPlugConnectedX size={icon.base} aria-hidden />
          <span>{strings.reconnecting}</span>
        </div>
      )}
      {line !== undefined && (
        <div className={styles.line} role="status">
          <IconInfoCircle size={icon.base} aria-hidden />
          <span>
            <InlineCode text={line} />
          </span>
          <span className="space" />
          <ActionIcon
            aria-label={strings.dismiss}
            onClick={() => {
              say(undefined)
              onDismissNotice()
            }}
          >
            <IconX size={icon.base} aria-hidden />
          </ActionIcon>
        </div>
      )}
      <div className={styles.views}>
        {away}
        {!known && !away && <p className={styles.opening}>{strings.firstOpening}</p>}
        {known && !away && tabs.length === 0 && (
          <div className={styles.over}>
            <span>{strings.none}</span>
            <Button variant="filled" onClick={() => act({ do: 'add' })}>
              {strings.again}
            </Button>
          </div>
        )}
        <Suspense fallback={<p className={styles.opening}>{strings.loading}</p>}>
          {link &&
            tabs.map((tab) => (
              <div
                key={`${machine} ${tab.n}`}
                role="tabpanel"
                id={`terminal-panel-${tab.n}`}
                aria-labelledby={`terminal-tab-${tab.n}`}
                className={styles.panel}
                hidden={tab.n !== active || isAway}
              >
                {!isAway && (
                  <TerminalView
                    ref={(handle: TerminalHandle | null) => {
                      if (handle) views.current.set(tab.n, handle)
                      else views.current.delete(tab.n)
                    }}
                    link={link}
                    n={tab.n}
                    id={tab.id}
                    active={tab.n === active}
                    asked={tab.asked}
                    scheme={scheme}
                    settings={settings}
                    ctrl={{ take: takeCtrl }}
                    onOpened={(id) => act({ do: 'opened', n: tab.n, id })}
                    onZoom={zoom}
                    onBell={() => act({ do: 'bell', n: tab.n })}
                    onSay={say}
                    onReplace={() => {
                      if (tab.id !== undefined) link.closeTerminal(tab.id).catch(() => {})
                      act({ do: 'replace', n: tab.n })
                    }}
                  />
                )}
              </div>
            ))}
        </Suspense>
      </div>
      {narrow && <KeyRow ctrl={ctrl} onCtrl={() => setCtrl(!ctrl)} onPress={(key) => shown()?.press(key)} />}
    </section>
  )
}
