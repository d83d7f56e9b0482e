import type { IncomingMessage } from 'node:http'
import { DrydockError } from './errors.ts'

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Who may come in: only a request to a loopback name with the port it came in by or is published by, or to the address that was
 * named for browsers, and from a page of the same. A web page elsewhere, or a name that somebody else lets resolve to 127.0.0.1,
 * must not open a terminal here. Programs that are no browser send no Origin. Throws `host-refused` or `origin-refused`.
 */
export class Door {
  readonly #port: number
  readonly #published: string[]
  readonly #named: URL | undefined

  /** `port`: the one to expect where a connection does not tell its own. `published`: ADDRESS:PORT, `url`: an origin; each may be empty. */
  constructor(options: { port: number; published?: string; url?: string }) {
    this.#port = options.port
    const published = options.published ? Number(options.published.split(':').at(-1)) : undefined
    this.#published = published === undefined ? [] : atLoopback(published)
    this.#named = options.url ? new URL(options.url) : undefined
  }

  admit(request: Pick<IncomingMessage, 'headers'> & { socket: { localPort?: number } }): void {
    const hosts = [...atLoopback(request.socket.localPort ?? this.#port), ...this.#published]
    const { host, origin } = request.headers
    const named = host !== undefined && host.toLowerCase() === this.#named?.host
    if (!named && (host === undefined || !hosts.includes(host.toLowerCase())))
      throw new DrydockError('host-refused')
    if (origin === undefined) return
    const from = origin.toLowerCase()
    if (from !== this.#named?.origin && !hosts.some((each) => from === `http://${each}`))
      throw new DrydockError('origin-refused')
  }
}

const atLoopback = (port: number) =>
  LOOPBACK.flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])])
