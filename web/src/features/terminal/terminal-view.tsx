import { Button } from '@mantine/core'
import { useCallback, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { RefusedError, type SessionLink } from '../../api/session-link.ts'
import type { Scheme } from '../../theme.ts'
import { globalKey } from '../../ui/page-keys.ts'
import { TerminalChannel } from './channel.ts'
import { copyText } from './copy.ts'
import { terminalKey, withCtrl } from './keys.ts'
import { PasteGuard } from './paste-guard.tsx'
import { SearchBar } from './search-bar.tsx'
import type { TerminalSettings } from './settings.ts'
import { strings } from './strings.ts'
import styles from './terminal.module.css'
import { loadTerminalFont, XtermScreen } from './xterm-screen.ts'

/** How long a size must stand still before the shell hears of it, in milliseconds. */
const RESIZE_REST = 60

export interface TerminalHandle {
  focus(): void
  /** Sends a key of the extra row. */
  press(key: 'esc' | 'tab' | 'A' | 'B' | 'C' | 'D'): void
  find(): void
}

interface Props {
  link: SessionLink
  n: number
  id: string | undefined
  active: boolean
  /** Takes the keys as soon as it is there; else only when nothing else on the page has them. */
  asked: boolean
  scheme: Scheme
  settings: TerminalSettings
  /** The extra row's Ctrl is held: the next character goes out with it. */
  ctrl: { take(): boolean }
  ref: React.Ref<TerminalHandle>
  onOpened(id: string): void
  onZoom(by: 1 | 0 | -1): void
  onBell(): void
  onSay(text: string): void
  onReplace(): void
}

type Over = { why: 'exit'; code: number | null } | { why: 'lost' } | { why: 'refused'; text: string }

export default function TerminalView(props: Props) {
  const { link, n, active, scheme, settings, ref } = props
  const box = useRef<HTMLDivElement>(null)
  const screen = useRef<XtermScreen>(undefined)
  const channel = useRef<TerminalChannel>(undefined)
  const latest = useRef(props)
  latest.current = props
  const shownBefore = useRef(false)
  const [ready, setReady] = useState(false)
  const [over, setOver] = useState<Over>()
  const [finding, setFinding] = useState(false)

  const send = useCallback((data: string | Uint8Array) => {
    const { ctrl, onSay } = latest.current
    const out = typeof data === 'string' && ctrl.take() ? withCtrl(data) : data
    if (channel.current?.send(out) === false) onSay(strings.tooMuch)
  }, [])

  useEffect(() => {
    const element = box.current
    if (!element) return
    let left = false
    const onKey = (event: KeyboardEvent): boolean => {
      if (globalKey(event)) return true // The page's own listener acts on it.
      const key = terminalKey(event)
      if (key === undefined) return false
      if (event.type !== 'keydown' || key === 'paste') return true // The browser pastes by itself.
      event.preventDefault()
      if (key === 'copy')
        copyText(screen.current?.selection() ?? '', () => latest.current.onSay(strings.copyFailed))
      else if (key === 'search') setFinding(true)
      else latest.current.onZoom(key === 'bigger' ? 1 : key === 'smaller' ? -1 : 0)
      return true
    }
    const open = async () => {
      await loadTerminalFont()
      if (left) return
      const { scheme, settings } = latest.current
      const opened = new XtermScreen(element, { scheme, ...settings }, strings.input(n), {
        onInput: send,
        onResize: (cols, rows) => channel.current?.resize(cols, rows),
        onBell: () => latest.current.onBell(),
        onLink: (url) => latest.current.onSay(strings.localLink(url)),
        onKey,
      })
      screen.current = opened
      const known = latest.current.id
      const id = known ?? (await openShell(link, opened, () => left))
      if (left || id === undefined) return
      channel.current = new TerminalChannel({
        id,
        link,
        screen: opened,
        opened: known === undefined,
        events: {
          onExit: (code) => setOver({ why: 'exit', code }),
          onLost: () => setOver({ why: 'lost' }),
        },
      })
      if (known === undefined) latest.current.onOpened(id)
      setReady(true)
    }
    open().catch((error: unknown) => {
      if (!left)
        setOver({ why: 'refused', text: error instanceof RefusedError ? error.problem.hint : String(error) })
    })
    return () => {
      left = true
      channel.current?.close()
      screen.current?.dispose()
      channel.current = undefined
      screen.current = undefined
    }
  }, [link, n, send])

  useEffect(() => {
    const element = box.current
    if (!element) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const observer = new ResizeObserver(() => {
      clearTimeout(timer)
      timer = setTimeout(() => screen.current?.fit(), RESIZE_REST)
    })
    observer.observe(element)
    return () => {
      clearTimeout(timer)
      observer.disconnect()
    }
  }, [])

  useEffect(() => {
    const onMouseUp = () => {
      const text = screen.current?.selection()
      if (latest.current.active && text) copyText(text, () => {})
    }
    window.addEventListener('mouseup', onMouseUp)
    return () => window.removeEventListener('mouseup', onMouseUp)
  }, [])

  useEffect(() => {
    screen.current?.look({ scheme, ...settings })
  }, [scheme, settings])

  useEffect(() => {
    if (!ready) return
    screen.current?.accelerate(active)
    if (!active) return
    screen.current?.fit()
    // The shell takes the keys at once, unless the person is busy elsewhere on the page.
    const idle = document.activeElement === document.body || document.activeElement === null
    if (idle || (latest.current.asked && !shownBefore.current)) screen.current?.focus()
    shownBefore.current = true
  }, [active, ready])

  useImperativeHandle(ref, () => ({
    focus: () => screen.current?.focus(),
    press: (key) => {
      if (key === 'esc') send('\x1b')
      else if (key === 'tab') send('\t')
      else send(screen.current?.arrow(key) ?? '')
    },
    find: () => setFinding(true),
  }))

  return (
    <div className={styles.view} hidden={!active}>
      {finding && screen.current && (
        <SearchBar
          search={screen.current.search}
          scheme={scheme}
          onClose={() => {
            setFinding(false)
            screen.current?.focus()
          }}
        />
      )}
      <PasteGuard
        className={styles.screen}
        onPaste={(text) => screen.current?.paste(text)}
        focus={() => screen.current?.focus()}
      >
        <div ref={box} className={styles.xterm} />
      </PasteGuard>
      {!ready && !over && <p className={styles.opening}>{strings.loading}</p>}
      {over && (
        <div className={styles.over} role="status">
          <span>{message(over)}</span>
          <Button variant={over.why === 'refused' ? 'default' : 'filled'} onClick={props.onReplace}>
            {over.why === 'refused' ? strings.retry : strings.again}
          </Button>
        </div>
      )}
    </div>
  )
}

function message(over: Over): string {
  if (over.why === 'exit') return strings.exited(over.code)
  if (over.why === 'lost') return strings.lost
  return `${strings.openFailed} ${over.text}`
}

/** Opens a shell of the screen's size; over a lost connection it waits for the next. Throws RefusedError. */
async function openShell(
  link: SessionLink,
  screen: XtermScreen,
  left: () => boolean,
): Promise<string | undefined> {
  while (!left()) {
    await link.whenConnected()
    try {
      return (await link.openTerminal(screen.cols, screen.rows)).id
    } catch (error) {
      if (error instanceof RefusedError) throw error
    }
  }
  return undefined
}
