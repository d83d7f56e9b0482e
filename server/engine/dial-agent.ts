import { Agent, type ClientRequest } from 'node:http'
import type { Duplex } from 'node:stream'
import { inspect } from 'node:util'
import type { Clock } from '../clock.ts'

/** A new connection to an engine's API socket; the caller owns it. */
export type Dial = (signal?: AbortSignal) => Promise<Duplex>

const MAX_IDLE_CONNECTIONS = 2
/** A student reads and thinks for some minutes; a new connection then costs what a small verdict does. */
const IDLE_MS = 300_000
const DIAL_MS = 5_000

/** An http.Agent over connections that are no sockets, so that an HTTP client can talk through exec. */
export class DialAgent extends Agent {
  readonly #dial: Dial
  readonly #clock: Clock
  readonly #closing = new AbortController()
  readonly #idle = new WeakMap<Duplex, () => void>()

  constructor(deps: { dial: Dial; clock: Clock }) {
    super({ keepAlive: true, maxFreeSockets: MAX_IDLE_CONNECTIONS })
    this.#dial = deps.dial
    this.#clock = deps.clock
  }

  override createConnection(
    _options: unknown,
    done?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const late = new AbortController()
    const cancel = this.#clock.after(DIAL_MS, () =>
      late.abort(new Error('No connection to the engine in time')),
    )
    const signal = AbortSignal.any([this.#closing.signal, late.signal])
    const dialled = this.#dial(signal).then((stream) => {
      // One that fails while nobody uses it must not end the server: an agent listens only while it does.
      stream.on('error', () => stream.destroy())
      if (!signal.aborted) return withSocketMethods(stream)
      stream.destroy()
      throw signal.reason
    })
    // A dialler that ignores its signal must not keep the request waiting.
    Promise.race([dialled, rejection(signal)])
      .finally(cancel)
      .then(
        (stream) => done?.(null, stream),
        (error: Error) => done?.(error, undefined as never),
      )
    dialled.catch(() => {})
  }

  override keepSocketAlive(stream: Duplex): boolean {
    const cancel = this.#clock.after(IDLE_MS, () => stream.destroy())
    this.#idle.set(stream, cancel)
    stream.once('close', cancel)
    super.keepSocketAlive(stream)
    return true
  }

  override reuseSocket(stream: Duplex, request: ClientRequest): void {
    const cancel = this.#idle.get(stream)
    if (cancel) {
      cancel()
      stream.off('close', cancel)
    }
    super.reuseSocket(stream, request)
  }

  /** docker-modem describes the options of every request to a debug log, to any depth: without this, all connections with it. */
  [inspect.custom](): string {
    return 'DialAgent'
  }

  /** Ends every connection, also one that is being made. */
  override destroy(): void {
    this.#closing.abort(new Error('The connection to the engine was closed'))
    super.destroy()
  }
}

/** An agent keeps a connection by methods of net.Socket that another stream lacks. */
function withSocketMethods(stream: Duplex): Duplex {
  const nothing = () => stream
  for (const method of ['ref', 'unref', 'setKeepAlive', 'setTimeout', 'setNoDelay']) {
    if (!(method in stream)) Object.defineProperty(stream, method, { value: nothing })
  }
  return stream
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
