import type { IncomingMessage } from 'node:http'
import Docker from 'dockerode'
import type { ZodType } from 'zod'
import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import { type Dial, DialAgent } from './dial-agent.ts'
import { Slots } from './slots.ts'

export interface EngineRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  query?: Record<string, string>
  /** JSON, or the bytes of a tar archive. */
  body?: object | Buffer
  /** From the request to the end of the answer. Default 5 s. */
  timeoutMs?: number
  /** Default 4 MB; more is an answer that makes no sense. */
  maxBytes?: number
  signal?: AbortSignal
}

export interface EngineAnswer {
  status: number
  body: Buffer
}

/** Each connection is a process in the sandbox. An agent's own limit does not count those that are still being dialled. */
const CALLS_AT_ONCE = 6
const DEFAULT_TIMEOUT_MS = 5_000
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024

/** Any status is an answer: what it means is for the caller to say. */
const ANY_STATUS = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [i + 100, true]))

/**
 * HTTP to an engine that is not trusted: every answer bounded in time and size.
 * Answers are taken as streams: dockerode would buffer any size, and never settle when one breaks off.
 */
export class EngineClient {
  readonly #agent: DialAgent
  readonly #docker: Docker
  readonly #clock: Clock
  readonly #slots = new Slots(CALLS_AT_ONCE)

  constructor(deps: { dial: Dial; clock: Clock }) {
    this.#clock = deps.clock
    this.#agent = new DialAgent(deps)
    // Its types do not know the option that makes it talk through an agent.
    const options = { protocol: 'http', host: 'student-engine', port: 80, agent: this.#agent } as const
    this.#docker = new Docker(options)
  }

  /** One request. Throws `student-engine-down`, `student-engine-answer` (too large), or the signal's reason. */
  call(request: EngineRequest): Promise<EngineAnswer> {
    return twice(request, () => this.#once(request))
  }

  /** A request whose answer must be of one of these statuses and this shape. */
  async json<T>(request: EngineRequest, schema: ZodType<T>, ok: number[] = [200]): Promise<T> {
    return parseAnswer(await this.call(request), schema, ok)
  }

  /** An answer without end: `timeoutMs` bounds only its beginning. The caller reads it bounded and destroys it. */
  async stream(request: EngineRequest): Promise<IncomingMessage> {
    const response = await this.#open(request)
    if (response.statusCode === 200) return response
    response.destroy()
    throw new DrydockError(
      'student-engine-answer',
      `The engine answered ${request.path} with status ${response.statusCode}.`,
    )
  }

  /** Like `stream`, but a refusal (a status from 400 to 500 with a message) is an answer too. */
  async open(request: EngineRequest): Promise<{ stream: IncomingMessage } | { refused: string }> {
    const stream = await this.#open(request)
    const status = stream.statusCode ?? 0
    if (status === 200) return { stream }
    try {
      const answer = { status, body: await readBounded(stream, 65_536) }
      if (status < 400 || status > 500) throw refusal(answer)
      return { refused: engineMessage(answer) }
    } finally {
      stream.destroy()
    }
  }

  #open(request: EngineRequest): Promise<IncomingMessage> {
    return twice(request, () =>
      this.#within(
        request,
        (signal) => this.#request(request, signal),
        (open, release) => open.once('close', release),
      ),
    )
  }

  close(): void {
    this.#agent.destroy()
  }

  #once(request: EngineRequest): Promise<EngineAnswer> {
    const maxBytes = request.maxBytes ?? DEFAULT_MAX_BYTES
    return this.#within(request, (signal) =>
      this.#slots.run(signal, async () => {
        const response = await this.#request(request, signal)
        return { status: response.statusCode ?? 0, body: await readBounded(response, maxBytes) }
      }),
    )
  }

  #request(request: EngineRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const path = request.query ? `${request.path}?` : request.path
    const options =
      request.method === 'POST'
        ? { _query: request.query ?? {}, _body: request.body ?? {} }
        : (request.query ?? {})
    return new Promise((resolve, reject) => {
      const done = (error: Error | null, response: unknown) =>
        error ? reject(error) : resolve(response as IncomingMessage)
      this.#docker.modem.dial(
        {
          path,
          method: request.method,
          options,
          abortSignal: signal,
          isStream: true,
          ...(Buffer.isBuffer(request.body) && { file: request.body }),
          statusCodes: ANY_STATUS,
        } as never,
        done,
      )
    })
  }

  /** Runs `work` with a signal that ends with the caller's or with the time limit. With `keep` the caller's holds on until released. */
  async #within<T>(
    request: EngineRequest,
    work: (signal: AbortSignal) => Promise<T>,
    keep?: (result: T, release: () => void) => void,
  ): Promise<T> {
    const { signal } = request
    signal?.throwIfAborted()
    const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS
    const ending = new AbortController()
    const stop = () => ending.abort(signal?.reason)
    const release = () => signal?.removeEventListener('abort', stop)
    signal?.addEventListener('abort', stop, { once: true })
    const late = new DrydockError(
      'student-engine-down',
      `The engine did not answer within ${timeoutMs / 1000} s.`,
    )
    const cancel = this.#clock.after(timeoutMs, () => ending.abort(late))
    const aborted = new Promise<never>((_, reject) => {
      ending.signal.addEventListener('abort', () => reject(ending.signal.reason), { once: true })
    })
    aborted.catch(() => {})
    const working = work(ending.signal)
    working.catch(() => {})
    try {
      const result = await Promise.race([working, aborted])
      if (keep) keep(result, release)
      else release()
      return result
    } catch (error) {
      release()
      if (ending.signal.aborted) throw ending.signal.reason
      if (error instanceof DrydockError) throw error
      throw new DrydockError('student-engine-down', undefined, { cause: error })
    } finally {
      cancel()
    }
  }
}

async function readBounded(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes)
      throw new DrydockError('student-engine-answer', `The engine's answer is larger than ${maxBytes} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The engine may close a kept connection just as a request goes out on it: a question is asked again then, once. */
async function twice<T>(request: EngineRequest, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (request.method !== 'GET' || !isReset(error)) throw error
    return ask()
  }
}

function isReset(error: unknown): boolean {
  const cause = error instanceof DrydockError ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE')
}

/** The answer's JSON in the wanted shape, or `student-engine-answer`. */
export function parseAnswer<T>(answer: EngineAnswer, schema: ZodType<T>, ok: number[] = [200]): T {
  if (!ok.includes(answer.status)) throw refusal(answer)
  let value: unknown
  try {
    value = JSON.parse(answer.body.toString('utf8'))
  } catch (cause) {
    throw new DrydockError('student-engine-answer', "The engine's answer is no JSON.", { cause })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new DrydockError(
    'student-engine-answer',
    `The engine's answer is not as expected at ${issue?.path.join('.') || 'its top'}.`,
    {
      cause: parsed.error,
    },
  )
}

/** The error for a status that was not expected, with the engine's own message, at most 300 characters. */
export function refusal(answer: EngineAnswer): DrydockError {
  return new DrydockError(
    'student-engine-answer',
    `The engine answered with status ${answer.status}: ${engineMessage(answer)}`,
  )
}

export function engineMessage(answer: EngineAnswer): string {
  const text = answer.body.subarray(0, 4096).toString('utf8')
  const message = /^\s*\{\s*"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]
  return (message ?? text).slice(0, 300)
}
