import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../server/clock.ts'
import { type Dial, DialAgent } from '../../server/engine/dial-agent.ts'

/** What a hostile engine does instead of answering. */
export const malices = {
  garbage: (response: ServerResponse) => void response.end(randomBytes(2_000)),
  'empty object': (response: ServerResponse) => void response.end('{}'),
  'empty list': (response: ServerResponse) => void response.end('[]'),
  'empty body': (response: ServerResponse) => void response.end(),
  'wrong types': (response: ServerResponse) =>
    void response.end('{"Id":1,"Name":{},"State":[],"Type":7,"StatusCode":"0"}'),
  'error 500': (response: ServerResponse) => void response.writeHead(500).end('{"message":"no"}'),
  'error 200 in words': (response: ServerResponse) => void response.end('{"message":"everything passed"}'),
  'breaks off': (response: ServerResponse) => {
    response.writeHead(200, { 'content-length': '1000' }).write('{"Id":"')
    setImmediate(() => response.destroy())
  },
  'deep nesting': (response: ServerResponse) => void response.end('['.repeat(200_000)),
  'no end': (response: ServerResponse) => {
    const block = Buffer.alloc(256 * 1024, 'x')
    const more = (): void =>
      void (response.destroyed || (response.write(block) ? setImmediate(more) : response.once('drain', more)))
    more()
  },
  silence: () => {},
  'one byte a second': (response: ServerResponse) => {
    response.writeHead(200)
    const timer = setInterval(() => response.write(' '), 1_000)
    response.once('close', () => clearInterval(timer))
  },
} as const
export type Malice = keyof typeof malices

/** Stands before a real engine; from a request on, it answers with malice. Removals always go through. */
export class HostileProxy implements AsyncDisposable {
  readonly socketPath = join(tmpdir(), `drydock-${randomBytes(6).toString('hex')}.sock`)
  /** Answers given with malice since the last call of `turn`. */
  wronged = 0
  /** Requests since then, without removals and without questions for the time, which the journal asks at moments of its own. */
  asked = 0
  readonly #target: { socketPath: string } | { agent: DialAgent }
  readonly #server = createServer((incoming, response) => this.#serve(incoming, response))
  #malice: Malice[] | undefined
  #honest = 0
  #told = 0

  /** The engine's socket, or how to come to it. */
  constructor(target: string | Dial) {
    this.#target =
      typeof target === 'string'
        ? { socketPath: target }
        : { agent: new DialAgent({ dial: target, clock: systemClock }) }
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.socketPath, resolve))
    return this
  }

  /** After so many honest answers only malice, of several in turn; none at all without. */
  turn(malice: Malice | Malice[] | undefined, honest = 0): void {
    this.#malice = typeof malice === 'string' ? [malice] : malice
    this.#honest = honest
    this.#told = 0
    this.wronged = 0
    this.asked = 0
  }

  #serve(incoming: IncomingMessage, response: ServerResponse): void {
    const removes = incoming.method === 'DELETE'
    const counts = !removes && !asksTime(incoming)
    if (counts) this.asked++
    if (this.#malice && !removes && (counts ? --this.#honest < 0 : this.#honest <= 0)) {
      const malice = this.#malice[this.#told++ % this.#malice.length] ?? 'silence'
      if (counts) this.wronged++
      incoming.resume()
      malices[malice](response)
      return
    }
    const { method, url, headers } = incoming
    const outgoing = request({ ...this.#target, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      response.flushHeaders()
      answer.pipe(response)
    })
    outgoing.on('error', () => response.destroy())
    response.on('close', () => outgoing.destroy())
    incoming.pipe(outgoing)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if ('agent' in this.#target) this.#target.agent.destroy()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

function asksTime({ url }: IncomingMessage): boolean {
  return /\/info(\?|$)/.test(url ?? '')
}
