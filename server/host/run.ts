import { spawn } from 'node:child_process'
import { StringDecoder } from 'node:string_decoder'
import { DrydockError } from '../errors.ts'

export interface RunOptions {
  /** Milliseconds until the program is killed; 10 minutes by default. */
  timeoutMs?: number
  cwd?: string
  /** Kills the program (SIGTERM) when it fires. */
  signal?: AbortSignal
  /** Each line of standard output and standard error as it comes. */
  onLine?: (line: string) => void
}

const KEPT_LINES = 400

/**
 * Runs a program to its end without a shell and without standard input; answers with the last 400
 * lines of its output. Throws `host-command-failed` with the last 20 lines when it does not exit with 0.
 */
export async function run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<string> {
  const { timeoutMs = 600_000, cwd, signal, onLine } = options
  const [program, ...args] = argv
  const child = spawn(program, args, { cwd, signal, timeout: timeoutMs, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  const keep = (line: string) => {
    lines.push(line)
    if (lines.length > KEPT_LINES) lines.shift()
    onLine?.(line)
  }
  for (const stream of [child.stdout, child.stderr]) readLines(stream, keep)
  const ended = await new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, by) =>
      resolve(code === 0 ? undefined : by ? `was ended by ${by}` : `ended with exit code ${code}`),
    )
  })
  if (ended === undefined) return lines.join('\n')
  throw new DrydockError(
    'host-command-failed',
    [`${argv.join(' ')}: ${ended}`, ...lines.slice(-20)].join('\n  '),
  )
}

function readLines(stream: NodeJS.ReadableStream, each: (line: string) => void): void {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  stream.on('data', (chunk: Buffer) => {
    const parts = (rest + decoder.write(chunk)).split('\n')
    rest = parts.pop()?.slice(-10_000) ?? ''
    for (const part of parts) each(part.slice(0, 10_000))
  })
  stream.on('end', () => {
    if (rest) each(rest)
  })
}
