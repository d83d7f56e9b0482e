import { io, type Socket } from 'socket.io-client'
import type { JournalLine } from '../../../server/contract/author.ts'
import type { Problem } from '../../../server/contract/problem.ts'
import type {
  ClientToServer,
  Reply,
  ServerToClient,
  TerminalInfo,
} from '../../../server/contract/realtime.ts'
import type { Session } from '../../../server/contract/session.ts'

export type LinkState = 'connecting' | 'connected' | 'reconnecting'

export interface Notice {
  code: string
  text: string
}

export interface LinkEvents {
  onSession(session: Session): void
  onNotice(notice: Notice): void
}

/** What is heard of a server in author mode. */
export interface AuthorListener {
  /** `lab`: its files were read again. */
  changed(lab: boolean): void
  rows(lines: readonly JournalLine[]): void
}

/** What a terminal hears of its link. */
export interface TerminalListener {
  output(offset: number, data: Uint8Array): void
  exit(code: number | null): void
  /** The server sends no more output here until it is attached again. */
  detached(): void
  /** The connection is gone: nothing may be sent until it is attached again. */
  disconnected(): void
  /** The session is watched again after a lost connection: attach now. */
  connected(): void
}

/** Longest wait for a connection before the next try, in milliseconds. */
const CONNECT_TIMEOUT = 5000
/** A reply that did not come in time says as little as a lost connection. */
const REPLY_TIMEOUT = 15_000

/** An answer of the server that says no. */
export class RefusedError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail)
    this.name = 'RefusedError'
    this.problem = problem
  }
}

/** One socket for one session in one page: session changes, notices and terminals ride on it. */
export class SessionLink {
  readonly sessionId: string
  #socket: Socket<ServerToClient, ClientToServer>
  #events: LinkEvents
  #terminals = new Map<string, TerminalListener>()
  #state: LinkState = 'connecting'
  #known: readonly TerminalInfo[] | undefined
  #author = false
  #authors = new Set<AuthorListener>()
  #watchers = new Set<() => void>()
  #opened = false

  constructor(sessionId: string, events: LinkEvents) {
    this.sessionId = sessionId
    this.#events = events
    this.#socket = io({
      autoConnect: false,
      transports: ['websocket'],
      timeout: CONNECT_TIMEOUT,
      reconnectionDelay: 250,
      reconnectionDelayMax: 3000,
    })
    this.#socket.on('connect', () => void this.#watch())
    this.#socket.on('disconnect', (reason) => {
      this.#become('reconnecting')
      for (const terminal of this.#terminals.values()) terminal.disconnected()
      // The server closed this socket on purpose; the client's own reconnection does not cover that.
      if (reason === 'io server disconnect') this.#socket.connect()
    })
    this.#socket.on('connect_error', () => {
      this.#become('reconnecting')
      // A refused handshake does not retry by itself, a network fault does.
      if (!this.#socket.active) setTimeout(() => this.#opened && this.#socket.connect(), 3000)
    })
    this.#socket.on('session', (session) => session.id === sessionId && events.onSession(session))
    this.#socket.on('notice', (notice) => notice.session === sessionId && events.onNotice(notice))
    this.#socket.on('author:changed', ({ session, lab }) => {
      if (session === sessionId) for (const listener of this.#authors) listener.changed(lab)
    })
    this.#socket.on('author:journal', ({ session, lines }) => {
      if (session === sessionId) for (const listener of this.#authors) listener.rows(lines)
    })
    this.#socket.on('terminal:output', ({ terminal, offset, data }) =>
      this.#terminals.get(terminal)?.output(offset, new Uint8Array(data)),
    )
    this.#socket.on('terminal:detached', ({ terminal }) => this.#terminals.get(terminal)?.detached())
    this.#socket.on('terminal:exit', ({ terminal, code }) => this.#terminals.get(terminal)?.exit(code))
  }

  open(): void {
    this.#opened = true
    this.#socket.connect()
  }

  close(): void {
    this.#opened = false
    this.#socket.disconnect()
  }

  get state(): LinkState {
    return this.#state
  }

  /** Terminals that the server holds; undefined before it answered. */
  get known(): readonly TerminalInfo[] | undefined {
    return this.#known
  }

  /** The server is in author mode; false before it answered. */
  get author(): boolean {
    return this.#author
  }

  /** Listens to what an author is told; the returned function stops it. */
  listenAuthor(listener: AuthorListener): () => void {
    this.#authors.add(listener)
    return () => this.#authors.delete(listener)
  }

  /** For useSyncExternalStore. */
  subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** Resolves once the session is watched; at once when it is. */
  whenConnected(): Promise<void> {
    if (this.#state === 'connected') return Promise.resolve()
    return new Promise((resolve) => {
      const stop = this.subscribe(() => {
        if (this.#state !== 'connected') return
        stop()
        resolve()
      })
    })
  }

  /** Listens to a terminal; the returned function stops it. */
  listen(terminal: string, listener: TerminalListener): () => void {
    this.#terminals.set(terminal, listener)
    return () => this.#terminals.delete(terminal)
  }

  async openTerminal(cols: number, rows: number): Promise<TerminalInfo> {
    const opened = await this.#ask<TerminalInfo>((reply) =>
      this.#timed().emit('terminal:open', { session: this.sessionId, cols, rows }, reply),
    )
    this.#known = [...(this.#known ?? []), opened]
    return opened
  }

  attach(
    message: Parameters<ClientToServer['terminal:attach']>[0],
  ): Promise<TerminalInfo & { from: number; head: number }> {
    return this.#ask((reply) => this.#timed().emit('terminal:attach', message, reply))
  }

  /** Sends once, now: what is lost with the connection is the caller's to send again. */
  input(message: Parameters<ClientToServer['terminal:input']>[0]): Promise<null> {
    return this.#ask((reply) => this.#timed().emit('terminal:input', message, reply))
  }

  resize(terminal: string, cols: number, rows: number): void {
    if (this.#socket.connected) this.#socket.emit('terminal:resize', { terminal, cols, rows })
  }

  ack(terminal: string, offset: number): void {
    if (this.#socket.connected) this.#socket.emit('terminal:ack', { terminal, offset })
  }

  async closeTerminal(terminal: string): Promise<void> {
    this.#known = this.#known?.filter(({ id }) => id !== terminal)
    await this.#ask((reply) => this.#timed().emit('terminal:close', { terminal }, reply))
  }

  async #watch(): Promise<void> {
    try {
      const { session, terminals, author } = await this.#ask<{
        session: Session
        terminals: TerminalInfo[]
        author: boolean
      }>((reply) => this.#timed().emit('session:watch', { session: this.sessionId }, reply))
      this.#known = terminals
      this.#author = author
      this.#events.onSession(session)
      this.#become('connected')
      for (const terminal of this.#terminals.values()) terminal.connected()
    } catch (error) {
      // A refusal is about the session (unknown, not yours): the page's own query shows it.
      if (!(error instanceof RefusedError) && this.#socket.connected) this.#socket.disconnect().connect()
    }
  }

  #timed() {
    return this.#socket.timeout(REPLY_TIMEOUT)
  }

  #ask<T>(emit: (reply: (error: Error | null, answer: Reply<T>) => void) => void): Promise<T> {
    if (!this.#socket.connected) return Promise.reject(new Error('not connected'))
    return new Promise((resolve, reject) =>
      emit((error, answer) => {
        if (error) reject(error)
        else if (answer.ok) resolve(answer.value)
        else reject(new RefusedError(answer.problem))
      }),
    )
  }

  #become(state: LinkState): void {
    if (this.#state === state) return
    this.#state = state
    for (const watcher of this.#watchers) watcher()
  }
}
