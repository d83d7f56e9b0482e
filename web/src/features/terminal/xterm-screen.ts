import '@xterm/xterm/css/xterm.css'
import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { WebglAddon } from '@xterm/addon-webgl'
import { Terminal } from '@xterm/xterm'
import { type Scheme, terminalFont, terminalFontSize, terminalTheme } from '../../theme.ts'
import type { Screen } from './channel.ts'
import { muteReplies } from './mute-replies.ts'
import type { Piece } from './output-cursor.ts'
import { strings } from './strings.ts'

const SCROLLBACK_LINES = 5000
/** Longest wait for the terminal's font, in milliseconds: a fallback that is there beats an empty box. */
const FONT_WAIT = 1500

/** Sent by itself when a replayed program switches focus reports on; a person cannot type these. */
const FOCUS_REPORTS: ReadonlySet<string> = new Set(['\x1b[I', '\x1b[O'])

export interface ScreenEvents {
  onInput(data: string | Uint8Array): void
  onResize(cols: number, rows: number): void
  onBell(): void
  onLink(url: string): void
  /** Answers true when the page has taken the key: the shell must not see it. */
  onKey(event: KeyboardEvent): boolean
}

export interface ScreenLook {
  scheme: Scheme
  /** Width of a letter in CSS pixels. */
  cell: number
  screenReader: boolean
}

/** The glyphs must be there before xterm measures a cell, or its widths stay wrong. */
export async function loadTerminalFont(): Promise<void> {
  const faces = ['400', '700'].map((weight) =>
    document.fonts.load(`${weight} ${terminalFontSize(terminalFont.cell.normal)}px ${terminalFont.family}`),
  )
  await Promise.race([Promise.allSettled(faces), new Promise((resolve) => setTimeout(resolve, FONT_WAIT))])
}

/** An xterm in an element of the page. */
export class XtermScreen implements Screen {
  readonly search = new SearchAddon()
  readonly #element: HTMLElement
  readonly #term: Terminal
  readonly #fit = new FitAddon()
  readonly #muted: () => boolean
  /** For each piece under way, in order, whether it is replay. */
  readonly #drawing: boolean[] = []
  #webgl: WebglAddon | undefined

  constructor(element: HTMLElement, look: ScreenLook, label: string, events: ScreenEvents) {
    this.#element = element
    this.#muted = () => this.#drawing[0] === true
    this.#term = new Terminal({
      allowProposedApi: true,
      cursorBlink: false,
      fontFamily: terminalFont.family,
      lineHeight: terminalFont.lineHeight,
      fontSize: terminalFontSize(look.cell),
      screenReaderMode: look.screenReader,
      scrollback: SCROLLBACK_LINES,
      theme: terminalTheme(look.scheme),
      minimumContrastRatio: 4.5,
      rescaleOverlappingGlyphs: true,
      linkHandler: { activate: (_, url) => openLink(url, events) },
    })
    const term = this.#term
    term.loadAddon(this.#fit)
    term.loadAddon(this.search)
    term.loadAddon(new Unicode11Addon())
    term.unicode.activeVersion = '11'
    term.loadAddon(new WebLinksAddon((_, url) => openLink(url, events)))
    muteReplies(term, this.#muted)
    term.attachCustomKeyEventHandler((event) => !events.onKey(event))
    term.onData((data) => {
      if (!this.#muted() || !FOCUS_REPORTS.has(data)) events.onInput(data)
    })
    // Mouse reports of the older encodings: one character a byte, not UTF-8.
    term.onBinary((data) => events.onInput(Uint8Array.from(data, (c) => c.charCodeAt(0))))
    term.onResize(({ cols, rows }) => events.onResize(cols, rows))
    term.onBell(events.onBell)
    term.open(element)
    term.textarea?.setAttribute('aria-label', label)
    this.fit()
  }

  get cols(): number {
    return this.#term.cols
  }

  get rows(): number {
    return this.#term.rows
  }

  draw(piece: Piece, done: () => void): void {
    this.#drawing.push(piece.replay)
    this.#term.write(piece.data, () => {
      this.#drawing.shift()
      done()
    })
  }

  gap(): void {
    this.#drawing.push(true)
    this.#term.write(`\x1bc\x1b[2m${strings.gap}\x1b[0m\r\n`, () => this.#drawing.shift())
  }

  /** Takes the size of its element, unless that is hidden. */
  fit(): void {
    if (this.#element.clientWidth > 0) this.#fit.fit()
  }

  look(look: ScreenLook): void {
    this.#term.options.theme = terminalTheme(look.scheme)
    this.#term.options.fontSize = terminalFontSize(look.cell)
    this.#term.options.screenReaderMode = look.screenReader
    this.fit()
  }

  /** Draws with the graphics card when there is one; browsers allow few such contexts, so only a visible screen does. */
  accelerate(on: boolean): void {
    if (!on) {
      this.#webgl?.dispose()
      this.#webgl = undefined
      return
    }
    if (this.#webgl) return
    try {
      const webgl = new WebglAddon()
      webgl.onContextLoss(() => {
        webgl.dispose()
        if (this.#webgl === webgl) this.#webgl = undefined
      })
      this.#term.loadAddon(webgl)
      this.#webgl = webgl
    } catch {
      this.#webgl = undefined // No WebGL here: xterm goes on drawing with the DOM.
    }
  }

  selection(): string {
    return this.#term.getSelection()
  }

  /** As if pasted: line ends and bracketed paste as the shell asked for. */
  paste(text: string): void {
    this.#term.paste(text)
  }

  /** An arrow key's sequence in the mode that the program has set. */
  arrow(letter: 'A' | 'B' | 'C' | 'D'): string {
    return `\x1b${this.#term.modes.applicationCursorKeysMode ? 'O' : '['}${letter}`
  }

  focus(): void {
    this.#term.focus()
  }

  dispose(): void {
    this.accelerate(false)
    this.#term.dispose()
  }
}

function openLink(url: string, events: ScreenEvents): void {
  if (!URL.canParse(url)) return
  const { protocol, hostname } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') return
  if (isLocal(hostname)) events.onLink(url)
  else window.open(url, '_blank', 'noopener,noreferrer')
}

/** Such a name means the student's sandbox, to which this browser has no way. */
const isLocal = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || /^(127\.|0\.0\.0\.0$|\[::1?\]$)/.test(host)
