import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { Duplex, Readable } from 'node:stream'
import type { SandboxProcess } from '../sandbox-driver.ts'

const SOCKET = '/run/docker.sock'

/** The dialler's command line; it waits up to `waitMs` for the socket to accept. */
export const dialEngineArgv = (waitMs: number) => ['/opt/drydock/bin/dial', SOCKET, String(waitMs)]

/** Most that is read of an answer here, in bytes. */
const ANSWER_LIMIT = 1 << 20

/** One HTTP request over a stream of its own. The answer's status and its first MiB, as text. Throws when none comes. */
export async function ask(
  stream: Duplex,
  call: { method: string; path: string; body?: Readable; signal?: AbortSignal },
): Promise<{ status: number; text: string }> {
  const { method, path, body, signal } = call
  const req = request({
    method,
    path,
    signal,
    headers: { host: 'engine', connection: 'close' },
    createConnection: () => stream as never,
  })
  const answered = once(req, 'response') as Promise<[IncomingMessage]>
  if (body) body.once('error', (error) => req.destroy(error)).pipe(req)
  else req.end()
  try {
    const [response] = await answered
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > ANSWER_LIMIT)
        throw new Error(`The engine answers ${path} with more than ${ANSWER_LIMIT} bytes`)
      chunks.push(chunk)
    }
    return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }
  } finally {
    stream.destroy()
  }
}

/** Resolves when the student engine answers. `dial` is called again when a connection ends without an answer. */
export async function engineAnswers(dial: () => Promise<SandboxProcess>, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const { stream } = await dial()
    const answer = await ask(stream, { method: 'GET', path: '/_ping', signal }).catch(
      (error: unknown) => error as Error,
    )
    if (!(answer instanceof Error) && answer.status === 200) return
  }
}
