import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import type { EngineClient } from './engine-client.ts'
import { LogFrames } from './log-frames.ts'

/** What is looked at of one line. */
const MAX_LINE = 4096

/** Follows a container's log until a line matches (true), it ends, or the time is over (false). */
export async function waitForLine(
  deps: { client: EngineClient; clock: Clock },
  container: { id: string; tty: boolean },
  pattern: RegExp,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const over = new AbortController()
  const cancel = deps.clock.after(timeoutMs, () => over.abort())
  try {
    const stream = await deps.client.stream({
      method: 'GET',
      path: `/containers/${container.id}/logs`,
      query: { follow: '1', stdout: '1', stderr: '1' },
      signal: AbortSignal.any([signal, over.signal]),
    })
    const frames = new LogFrames(container.tty)
    let rest = ''
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        for (const piece of frames.push(chunk)) rest += piece.data.toString('utf8')
        const lines = rest.split('\n')
        if (lines.some((line) => pattern.test(line.replace(/\r$/, '').slice(0, MAX_LINE)))) return true
        rest = (lines.at(-1) ?? '').slice(-MAX_LINE)
      }
    } finally {
      stream.destroy()
    }
    return false
  } catch (error) {
    signal.throwIfAborted()
    if (over.signal.aborted) return false
    throw error instanceof DrydockError
      ? error
      : new DrydockError('student-engine-answer', undefined, { cause: error })
  } finally {
    cancel()
  }
}
