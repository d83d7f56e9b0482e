import type { ZodType } from 'zod'
import { type Problem, problem } from '../../../server/contract/problem.ts'

/** How long the client waits for an answer, in milliseconds; checks may build and probe, so they get longer. */
const TIMEOUT = 30_000
export const CHECK_TIMEOUT = 180_000
/** A submission judges all tasks and may rebuild some of them on fresh machines. */
export const SUBMIT_TIMEOUT = 900_000

/** A request that did not come back with what was asked; `problem` says what happened and what to do. */
class ProblemError extends Error {
  readonly problem: Problem
  constructor(value: Problem, options?: ErrorOptions) {
    super(value.detail, options)
    this.name = 'ProblemError'
    this.problem = value
  }
  /** No answer at all: the server is down or the network is. */
  get offline(): boolean {
    return this.problem.code === 'offline'
  }
}

const own = (code: string, title: string, detail: string, hint: string): Problem => ({
  type: 'about:blank',
  title,
  status: 0,
  detail,
  code,
  hint,
})

const offline = own(
  'offline',
  'Drydock does not answer',
  'The page cannot reach its server. What is stored is safe and running sandboxes go on.',
  'This page tries again by itself. If it stays, look whether `npm start` is still running.',
)
const strange = own(
  'answer-unknown',
  'The server answered in a way that this page does not know',
  'Nothing was lost; the page may be older than the server.',
  'Reload the page. If it stays, tell who runs this machine.',
)

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'DELETE'
  body?: unknown
  signal?: AbortSignal
  /** Milliseconds. */
  timeout?: number
}

/** Fetches `path` and checks the answer against `schema`. Throws ProblemError, and nothing else but an abort of `signal`. */
export async function request<T>(schema: ZodType<T>, path: string, options: RequestOptions = {}): Promise<T> {
  const { method = 'GET', body, signal, timeout = TIMEOUT } = options
  const signals = [AbortSignal.timeout(timeout), ...(signal ? [signal] : [])]
  let response: Response
  let text: string
  try {
    response = await fetch(path, {
      method,
      signal: AbortSignal.any(signals),
      headers: {
        accept: 'application/json, application/problem+json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    text = await response.text()
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new ProblemError(offline, { cause })
  }
  const value = parse(text)
  if (!response.ok) {
    const told = problem.safeParse(value)
    // A proxy between page and server answers 502 to 504 without a problem document when the server is away.
    throw new ProblemError(told.success ? told.data : response.status >= 502 ? offline : strange)
  }
  const known = schema.safeParse(value)
  if (!known.success) throw new ProblemError(strange, { cause: known.error })
  return known.data
}

function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The problem behind anything thrown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  return own(
    'page-fault',
    'Something went wrong in this page',
    error instanceof Error ? error.message : String(error),
    'Reload the page. Your session goes on and what is stored is safe.',
  )
}

/** How often a page that got no answer asks again, in milliseconds. */
export const OFFLINE_RETRY = 3000

export const isOffline = (error: unknown): boolean => error instanceof ProblemError && error.offline
