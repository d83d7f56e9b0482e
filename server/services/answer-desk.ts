import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Sandbox, SandboxProcess } from '../sandbox/sandbox-driver.ts'

const DESK = '/opt/drydock/bin/answer-desk'
/** Hex of 100 bytes of field and 500 of value, an id and two spaces, rounded up. */
const MAX_LINE = 2_048
/** The student's terminal shows it; the guest program takes 2,000 bytes. */
const MAX_REPLY_BYTES = 1_000
const FIRST_RETRY_MS = 200
const LAST_RETRY_MS = 5_000
/** A desk that served so long was a sound one: the next may start at once. */
const SOUND_MS = 10_000

export interface AnswerDeskDeps {
  sandbox: Pick<Sandbox, 'exec'>
  clock: Clock
  log: Pick<Log, 'warn'>
  /** Takes what the student typed; `text` is what the terminal shows. */
  give: (field: string, value: string) => Promise<{ ok: boolean; text: string }>
  /** Called when the desk in the sandbox has ended, before it is started again. */
  onDown?: () => Promise<void>
}

/**
 * Serves the `answer` command of one sandbox: a program of ours in there passes on what terminals ask, line by line.
 * What it says is the student's word. When it ends, whoever ended it, it is started again.
 */
export class AnswerDesk {
  readonly #deps: AnswerDeskDeps
  readonly #ending = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(deps: AnswerDeskDeps) {
    this.#deps = deps
  }

  /** Begins to serve; to be called once. Resolves when the program was started for the first time, or could not be. */
  start(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#running = this.#run(resolve)
    return promise
  }

  /** Resolves when the program in the sandbox is told to end. */
  async close(): Promise<void> {
    this.#ending.abort()
    await this.#running
  }

  async #run(started: () => void): Promise<void> {
    const { clock, log, onDown } = this.#deps
    const { signal } = this.#ending
    let retryMs = FIRST_RETRY_MS
    while (!signal.aborted) {
      const began = clock.now()
      try {
        const process = await this.#deps.sandbox.exec({ argv: [DESK], signal }).finally(started)
        await this.#serve(process)
        if (!signal.aborted) await onDown?.()
      } catch {
        if (signal.aborted) return
        await onDown?.().catch((err: unknown) => log.warn({ err }, 'the sandbox could not be looked after'))
      }
      retryMs = clock.now() - began > SOUND_MS ? FIRST_RETRY_MS : Math.min(LAST_RETRY_MS, retryMs * 2)
      await this.#pause(retryMs)
    }
  }

  /** Answers one request after the other until the program ends or talks nonsense. */
  async #serve({ stream }: SandboxProcess): Promise<void> {
    stream.on('error', () => stream.destroy())
    let rest = ''
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      rest += chunk.toString('latin1')
      for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 1)
        const reply = await this.#answer(line)
        if (reply && stream.writable) stream.write(reply)
      }
      if (rest.length > MAX_LINE) break
    }
    stream.destroy()
  }

  async #answer(line: string): Promise<string | undefined> {
    const request = parseRequest(line)
    if (!request) return undefined
    try {
      const { ok, text } = await this.#deps.give(request.field, request.value)
      return reply(request.id, ok, text)
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'an answer was not taken')
      return reply(request.id, false, 'Your answer could not be stored. Try again in a moment.')
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel()
        this.#ending.signal.removeEventListener('abort', done)
        resolve()
      }
      const cancel = this.#deps.clock.after(ms, done)
      this.#ending.signal.addEventListener('abort', done)
      if (this.#ending.signal.aborted) done()
    })
  }
}

/** `ID HEX-FIELD HEX-VALUE`, or undefined when it is not that. */
export function parseRequest(line: string): { id: string; field: string; value: string } | undefined {
  const match = /^(\d{1,10}) ((?:[0-9a-f]{2}){1,100}) ((?:[0-9a-f]{2}){0,500})$/.exec(line)
  const [, id, field, value] = match ?? []
  if (id === undefined || field === undefined || value === undefined) return undefined
  const text = (hex: string) => Buffer.from(hex, 'hex').toString('utf8')
  return { id, field: text(field), value: text(value) }
}

function reply(id: string, ok: boolean, text: string): string {
  return `${id} ${ok ? 1 : 0} ${Buffer.from(text).subarray(0, MAX_REPLY_BYTES).toString('hex')}\n`
}
