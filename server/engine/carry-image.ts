import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DrydockError } from '../errors.ts'
import type { Sandbox } from '../sandbox/sandbox-driver.ts'

export type CarriedImage =
  | { outcome: 'carried'; bytes: number }
  | { outcome: 'missing' }
  | { outcome: 'too-large' }
  /** The receiving engine did not take the archive; in its words, at most 500 characters. */
  | { outcome: 'refused'; why: string }

type Engine = Pick<Sandbox, 'dialEngine'>

/** So much is read of what the engine says about an archive, in bytes. */
const ANSWER_BYTES = 256 * 1024

/**
 * Streams an image by its tag from one engine into another: nothing of it is kept here. The archive is the first engine's word:
 * it may hold other images and tags than asked for. Throws `student-engine-down`, `student-engine-answer`, the signal's reason.
 */
export async function carryImage(
  from: Engine,
  to: Engine,
  tag: string,
  { maxBytes, signal }: { maxBytes: number; signal: AbortSignal },
): Promise<CarriedImage> {
  const ending = new AbortController()
  const both = AbortSignal.any([signal, ending.signal])
  try {
    const save = await open(from, 'GET', `/images/get?names=${encodeURIComponent(tag)}`, both)
    save.end()
    const archive = await answerOf(save, both)
    if (archive.statusCode === 404) return { outcome: 'missing' }
    if (archive.statusCode !== 200)
      throw new DrydockError('student-engine-answer', `The engine did not give the image ${tag}.`)
    const load = await open(to, 'POST', '/images/load?quiet=1', both, { 'content-type': 'application/x-tar' })
    return await pour(archive, load, maxBytes, both)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof DrydockError) throw error
    throw new DrydockError('student-engine-down', undefined, { cause: error })
  } finally {
    ending.abort()
  }
}

async function pour(
  archive: IncomingMessage,
  load: ClientRequest,
  maxBytes: number,
  signal: AbortSignal,
): Promise<CarriedImage> {
  let bytes = 0
  const full = new Error('too large')
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      done(bytes > maxBytes ? full : null, chunk)
    },
  })
  let early = false
  const answered = answerOf(load, signal)
  answered.then(
    () => {
      early = true
    },
    () => {},
  )
  try {
    await pipeline(archive, counted, load)
  } catch (error) {
    if (error === full) return { outcome: 'too-large' }
    // An engine that has had enough of an archive answers before its end; what it says is why.
    signal.throwIfAborted()
    if (!early) throw error
  }
  const answer = await answered
  const said = await textOf(answer)
  const why = /"(?:error|message)":"((?:[^"\\]|\\.)*)"/.exec(said)?.[1]
  if (answer.statusCode === 200 && why === undefined) return { outcome: 'carried', bytes }
  return { outcome: 'refused', why: (why ?? `status ${answer.statusCode}`).slice(0, 500) }
}

async function open(
  engine: Engine,
  method: string,
  path: string,
  signal: AbortSignal,
  headers: Record<string, string> = {},
): Promise<ClientRequest> {
  const stream = await engine.dialEngine(signal)
  stream.on('error', () => {})
  signal.addEventListener('abort', () => stream.destroy(), { once: true })
  const call = request({
    method,
    path,
    signal,
    headers: { host: 'engine', connection: 'close', ...headers },
    createConnection: () => stream as never,
  })
  call.on('error', () => {})
  return call
}

async function answerOf(call: ClientRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const [response] = (await once(call, 'response', { signal })) as [IncomingMessage]
  return response
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES) break
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
