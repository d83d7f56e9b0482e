import type { LogStream } from '../../checks/engine-view.ts'
import type { LogLine } from '../../checks/own-container.ts'
import { DrydockError } from '../errors.ts'
import { type EngineClient, engineMessage, refusal } from './engine-client.ts'
import { LogFrames, type LogPiece, toLines } from './log-frames.ts'

const MAX_LINES = 2000
/** Docker cuts a log line into pieces of 16 kB: so many always fit into what is read at most. */
const FEWER_LINES = 200
const MAX_TEXT = 256 * 1024

/** The last lines of a container's log; `unreadable` for a log driver that keeps nothing, undefined when the container is gone. */
export async function readLogs(
  client: EngineClient,
  container: { id: string; tty: boolean },
  stream: LogStream,
  signal: AbortSignal,
): Promise<LogLine[] | 'unreadable' | undefined> {
  const ask = (lines: number) => {
    const query = {
      timestamps: '1',
      stdout: stream === 'stderr' ? '0' : '1',
      stderr: stream === 'stdout' ? '0' : '1',
      tail: String(lines),
    }
    return client.call({ method: 'GET', path: `/containers/${container.id}/logs`, query, signal })
  }
  const answer = await ask(MAX_LINES).catch((error: unknown) => {
    if (error instanceof DrydockError && error.code === 'student-engine-answer') return ask(FEWER_LINES)
    throw error
  })
  if (answer.status === 404) return undefined
  if (answer.status !== 200) {
    if (/does not support reading/.test(engineMessage(answer))) return 'unreadable'
    throw refusal(answer)
  }
  return newest(linesOf(answer.body, container.tty))
}

/** Each frame is one line with its time in front; a tty's lines come without frames. */
function linesOf(body: Buffer, tty: boolean): LogLine[] {
  let pieces: LogPiece[]
  try {
    const frames = new LogFrames(tty)
    pieces = frames.push(body)
    if (!frames.whole) throw new RangeError('A piece is cut off')
  } catch (cause) {
    throw new DrydockError('student-engine-answer', "The engine's log is no log stream.", { cause })
  }
  return pieces
    .flatMap(({ stream, data }) => {
      const text = data.toString('utf8')
      return (tty ? toLines(text) : [text.replace(/\r?\n$/, '')]).map((line) => ({ stream, line }))
    })
    .map(({ stream, line }) => {
      const space = line.indexOf(' ')
      return { stream, at: line.slice(0, space), text: line.slice(space + 1) }
    })
}

/** The last lines that fit into what is kept. */
function newest(lines: LogLine[]): LogLine[] {
  let size = 0
  const from = lines.findLastIndex((line) => {
    size += line.text.length
    return size > MAX_TEXT
  })
  return lines.slice(from + 1)
}
