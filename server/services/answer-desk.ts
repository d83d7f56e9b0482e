import type { Clock } from '../clock.ts'
import type { Sandbox, SandboxProcess } from '../sandbox/sandbox-driver.ts'

export interface AnswerReply {
  /** Whether it was taken: the exit code of `answer`. */
  ok: boolean
  /** What `answer` prints, at most 2,000 bytes. */
  text: string
}

export interface AnswerDeskDeps {
  sandbox: Pick<Sandbox, 'exec'>
  clock: Clock
  log: { warn(fields: object, message: string): void }
  give(field: string, value: string): Promise<AnswerReply>
}

/** `ID HEX-FIELD HEX-VALUE`: a field of 1 to 100 bytes, a value of at most 500. */
const REQUEST = /^(\d{1,10}) ((?:[0-9a-f]{2}){1,100}) ((?:[0-9a-f]{2}){0,500})$/
/** The longest request in characters, with room to spare; more without a line's end comes from no desk of ours. */
const MAX_LINE = 2_000
const MAX_TEXT = 2_000
const FIRST_RETRY_MS = 200
const LAST_RETRY_MS = 10_000

/** Takes what students hand in with `answer FIELD VALUE` in a terminal. Starts its program again when the student ends it. */
export class AnswerDesk {
  readonly #deps: AnswerDeskDeps
  readonly #closing = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #wake: (() => void) | undefined

  constructor(deps: AnswerDeskDeps) {
    this.#deps = deps
  }

  /** Begins to take answers; to be called once. Resolves when the program in the sandbox has been started. */
  async start(): Promise<void> {
    const first = await this.#open()
    this.#running = this.#serve(first)
  }

  /** Takes no more answers. Resolves when the program's connection is closed. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#wake?.()
    await this.#running
  }

  #open(): Promise<SandboxProcess> {
    return this.#deps.sandbox.exec({ argv: ['/opt/drydock/bin/answer-desk'], signal: this.#closing.signal })
  }

  async #serve(first: SandboxProcess): Promise<void> {
    const { signal } = this.#closing
    let program: SandboxProcess | undefined = first
    for (let retryMs = FIRST_RETRY_MS; !signal.aborted; retryMs = Math.min(LAST_RETRY_MS, retryMs * 2)) {
      try {
        program ??= await this.#open()
        if (await this.#attend(program)) retryMs = FIRST_RETRY_MS
      } catch (error) {
        if (!signal.aborted) this.#deps.log.warn({ err: error }, 'the answer desk ended')
      }
      program?.stream.destroy()
      program = undefined
      if (!signal.aborted) await this.#pause(retryMs)
    }
  }

  /** Serves until the program ends; answers whether it took anything. */
  async #attend({ stream }: SandboxProcess): Promise<boolean> {
    let taken = false
    let rest = ''
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      // Only digits, spaces and line ends are expected: a byte outside ASCII cannot be part of a request.
      const lines = (rest + chunk.toString('latin1')).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const [, id, field, value] = REQUEST.exec(line) ?? []
        if (id === undefined || field === undefined || value === undefined) continue
        taken = true
        const { ok, text } = await this.#give(field, value)
        const reply = Buffer.from(text).subarray(0, MAX_TEXT).toString('hex')
        stream.write(`${id} ${ok ? 1 : 0} ${reply}\n`)
      }
      if (rest.length > MAX_LINE) return taken
    }
    return taken
  }

  async #give(field: string, value: string): Promise<AnswerReply> {
    try {
      return await this.#deps.give(fromHex(field), fromHex(value))
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'an answer could not be kept')
      return { ok: false, text: 'Your answer could not be kept. Try again in a moment.' }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#deps.clock.after(ms, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
  }
}

function fromHex(hex: string): string {
  return Buffer.from(hex, 'hex').toString('utf8')
}
