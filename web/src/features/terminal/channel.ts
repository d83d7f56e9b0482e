import { ACK_BYTES, MAX_INPUT_BYTES, type TerminalInfo } from '../../../../server/contract/realtime.ts'
import { RefusedError, type SessionLink, type TerminalListener } from '../../api/session-link.ts'
import { InputQueue } from './input-queue.ts'
import { OutputCursor, type Piece } from './output-cursor.ts'

/** Most that is kept of what was typed or pasted and not yet delivered, in bytes. */
const MAX_PENDING_INPUT = 4 * 1024 * 1024

/** Pause before typing again into a shell that reads nothing, in milliseconds. */
const BUSY_REST = 250

/** What the channel needs of a screen. */
export interface Screen {
  readonly cols: number
  readonly rows: number
  /** Draws; `done` is called once it is on the screen. While drawing a replay the screen must answer no query. */
  draw(piece: Piece, done: () => void): void
  /** Output is missing here: what follows may not fit what is shown. */
  gap(): void
}

export interface ChannelEvents {
  /** The shell has ended. */
  onExit(code: number | null): void
  /** The server does not know this terminal any more. */
  onLost(): void
}

export interface ChannelDeps {
  id: string
  link: SessionLink
  screen: Screen
  events: ChannelEvents
  /** This view has just opened the terminal: nobody else has answered what its first output asks. */
  opened: boolean
}

/** One view of one terminal: attaches, draws, acknowledges, and sends what is typed in order and once. */
export class TerminalChannel implements TerminalListener {
  readonly #id: string
  readonly #link: SessionLink
  readonly #screen: Screen
  readonly #events: ChannelEvents
  readonly #writer = crypto.randomUUID()
  readonly #input = new InputQueue({ maxMessage: MAX_INPUT_BYTES, maxBytes: MAX_PENDING_INPUT })
  readonly #cursor = new OutputCursor(ACK_BYTES)
  readonly #encoder = new TextEncoder()
  /** Output that came before the answer to an attach. */
  #early: { offset: number; data: Uint8Array }[] = []
  #state: 'attaching' | 'attached' | 'over' = 'attaching'
  /** Counts attaches and lost connections: an answer to an older one means nothing. */
  #attempt = 0
  #fresh = true
  #ended = false
  #mine: boolean
  #unlisten: () => void

  constructor(deps: ChannelDeps) {
    this.#id = deps.id
    this.#link = deps.link
    this.#screen = deps.screen
    this.#events = deps.events
    this.#mine = deps.opened
    this.#unlisten = deps.link.listen(deps.id, this)
    void this.#attach()
  }

  close(): void {
    this.#state = 'over'
    this.#attempt++
    this.#unlisten()
  }

  /** Sends what was typed, as soon as it can. Answers false when so much waits already that it was not taken. */
  send(data: string | Uint8Array): boolean {
    if (this.#state === 'over' || this.#ended) return true
    const taken = this.#input.push(typeof data === 'string' ? this.#encoder.encode(data) : data)
    if (taken) this.#flush()
    return taken
  }

  resize(cols: number, rows: number): void {
    if (this.#state === 'attached') this.#link.resize(this.#id, cols, rows)
  }

  disconnected(): void {
    if (this.#state === 'over') return
    this.#attempt++
    this.#state = 'attaching'
  }

  /**
   * Too many browsers look at this terminal, or this one slept. It comes back when the person does: were it to
   * come back by itself, two windows would push each other out for ever.
   */
  detached(): void {
    if (this.#state === 'over') return
    this.disconnected()
    const attempt = this.#attempt
    const back = () => {
      if (attempt === this.#attempt) void this.#attach()
    }
    if (document.hasFocus()) back()
    else window.addEventListener('focus', back, { once: true })
  }

  connected(): void {
    if (this.#state !== 'over') void this.#attach()
  }

  output(offset: number, data: Uint8Array): void {
    if (this.#state === 'attaching') this.#early.push({ offset, data })
    if (this.#state !== 'attached') return
    const pieces = this.#cursor.take(offset, data)
    if (pieces === undefined) return void this.#attach()
    for (const piece of pieces)
      this.#screen.draw(piece, () => {
        const due = this.#cursor.drawn(piece.end)
        if (due !== undefined) this.#link.ack(this.#id, due)
      })
  }

  exit(code: number | null): void {
    if (this.#state === 'over' || this.#ended) return
    this.#ended = true
    this.#input.clear()
    this.#events.onExit(code)
  }

  async #attach(): Promise<void> {
    const attempt = ++this.#attempt
    this.#state = 'attaching'
    this.#early = []
    const { cols, rows } = this.#screen
    let info: TerminalInfo & { from: number; head: number }
    try {
      info = await this.#link.attach({
        terminal: this.#id,
        cols,
        rows,
        ...(this.#fresh ? {} : { from: this.#cursor.received }),
      })
    } catch (error) {
      if (attempt === this.#attempt) this.#notAttached(error)
      return
    }
    if (attempt !== this.#attempt) return
    const missing = this.#cursor.attached(info.from, this.#mine ? info.from : info.head)
    this.#mine = false
    if (missing > 0 && !this.#fresh) this.#screen.gap()
    this.#fresh = false
    this.#state = 'attached'
    this.#input.rewind()
    const early = this.#early
    this.#early = []
    for (const { offset, data } of early) this.output(offset, data)
    if (info.exit !== undefined) this.exit(info.exit)
    if (cols !== this.#screen.cols || rows !== this.#screen.rows)
      this.resize(this.#screen.cols, this.#screen.rows)
    this.#flush()
  }

  #notAttached(error: unknown): void {
    if (error instanceof RefusedError) {
      this.#state = 'over'
      this.#input.clear()
      if (!this.#ended) this.#events.onLost()
    } else if (this.#link.state === 'connected') {
      void this.#attach()
    }
    // Else the connection is gone, and connected() comes with the next one.
  }

  #flush(): void {
    while (this.#state === 'attached') {
      const message = this.#input.take()
      if (message === undefined) return
      const attempt = this.#attempt
      this.#link.input({ terminal: this.#id, writer: this.#writer, ...message }).then(
        () => this.#taken(message.seq),
        (error: unknown) => this.#notTaken(message.seq, error, attempt),
      )
    }
  }

  #notTaken(seq: number, error: unknown, attempt: number): void {
    if (!(error instanceof RefusedError)) {
      if (attempt === this.#attempt && this.#link.state === 'connected') void this.#attach()
    } else if (error.problem.code === 'terminal-busy') {
      setTimeout(() => {
        if (attempt !== this.#attempt) return
        this.#input.rewind()
        this.#flush()
      }, BUSY_REST)
    } else {
      // It would be refused again: it is dropped, or it would block all that follow.
      this.#taken(seq)
    }
  }

  #taken(seq: number): void {
    this.#input.acknowledge(seq)
    this.#flush()
  }
}
