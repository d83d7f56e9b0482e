import { randomBytes } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Told {
  Type: string
  Action: string
  Actor: { ID: string; Attributes: Record<string, string> }
  timeNano: number
  /** The line as it is sent. */
  line: string
}

/** What an engine does with events, on a socket of its own: remembers the last 256, tells them, goes on, and may be restarted. */
export class ScriptedEngine implements AsyncDisposable {
  readonly socketPath = join(tmpdir(), `drydock-${randomBytes(6).toString('hex')}.sock`)
  remembered: Told[] = []
  readonly #listeners = new Set<ServerResponse>()
  readonly #server = createServer((request, response) =>
    this.#answer(new URL(request.url ?? '/', 'http://engine'), response),
  )
  #nano = 0

  static async start(): Promise<ScriptedEngine> {
    const engine = new ScriptedEngine()
    await new Promise<void>((resolve) => engine.#server.listen(engine.socketPath, resolve))
    return engine
  }

  /** Emits an event. `silent` reaches nobody who listens, as when the engine gives up on a slow reader; `aheadMs` is how far the clock was ahead then. */
  emit(
    action: string,
    options: { silent?: boolean; labels?: Record<string, string>; aheadMs?: number } = {},
  ): void {
    const timeNano = `${Date.now() + (options.aheadMs ?? 0)}${String(++this.#nano).padStart(6, '0')}`
    const parts = {
      Type: 'container',
      Action: action,
      Actor: { ID: 'a'.repeat(64), Attributes: { name: 'mine', ...options.labels } },
    }
    const line = `${JSON.stringify(parts).slice(0, -1)},"timeNano":${timeNano}}\n`
    this.remembered = [...this.remembered, { ...parts, timeNano: Number(timeNano), line }].slice(-256)
    if (!options.silent) for (const each of this.#listeners) each.write(line)
  }

  /** Ends every connection; with `forget`, as a restart does, also the memory. */
  cut(forget = false): void {
    this.#server.closeAllConnections()
    this.#listeners.clear()
    if (forget) this.remembered = []
  }

  get listeners(): number {
    return this.#listeners.size
  }

  #answer(url: URL, response: ServerResponse): void {
    if (url.pathname === '/info')
      return void response.end(JSON.stringify({ SystemTime: new Date().toISOString() }))
    if (url.pathname !== '/events') return void response.writeHead(404).end()
    const since = Number(url.searchParams.get('since'))
    const until = url.searchParams.get('until')
    if (until !== null && since > Number(until))
      return void response.writeHead(400).end('{"message":"`since` time cannot be after `until` time"}')
    const tell = () => {
      for (const each of this.remembered) {
        if (each.timeNano / 1e9 >= since && (until === null || each.timeNano / 1e9 <= Number(until)))
          response.write(each.line)
      }
    }
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    tell()
    if (until !== null) return void response.end()
    this.#listeners.add(response)
    response.once('close', () => this.#listeners.delete(response))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
