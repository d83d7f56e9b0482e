import type { IncomingMessage } from 'node:http'
import { DrydockError } from './errors.ts'

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Who may come in: only a request to a loopback name with the port it came in by, and from a page of the same. A web page
 * elsewhere, or a name that somebody else lets resolve to 127.0.0.1, must not open a terminal here. Programs that are no
 * browser send no Origin. Throws `host-refused` or `origin-refused`.
 */
export class Door {
  readonly #port: number

  /** `port`: the one to expect where a connection does not tell its own. */
  constructor(options: { port: number }) {
    this.#port = options.port
  }

  admit(request: Pick<IncomingMessage, 'headers'> & { socket: { localPort?: number } }): void {
    const port = request.socket.localPort ?? this.#port
    const hosts = LOOPBACK.flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])])
    const { host, origin } = request.headers
    if (host === undefined || !hosts.includes(host.toLowerCase())) throw new DrydockError('host-refused')
    if (origin === undefined) return
    if (!hosts.some((each) => origin.toLowerCase() === `http://${each}`))
      throw new DrydockError('origin-refused')
  }
}
