import type { Clock } from '../clock.ts'
import type { Sandbox } from '../sandbox/sandbox-driver.ts'

export interface ScriptResult {
  /** Undefined when the sandbox vanished or the time was over. */
  exitCode: number | undefined
  /** Both outputs as they came, the last `maxBytes` of them. */
  output: string
  timedOut: boolean
}

export interface ScriptOptions {
  clock: Clock
  timeoutMs: number
  maxBytes: number
  signal?: AbortSignal
}

/**
 * The script is read whole before it runs: so no file is left behind, and what it starts finds an empty standard input
 * instead of the script's next lines.
 */
const READ_AND_RUN = 'exec 2>&1; eval "$(cat)"'

const studentEnv = {
  HOME: '/home/student',
  USER: 'student',
  LOGNAME: 'student',
  SHELL: '/bin/bash',
  LANG: 'C.UTF-8',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
}

/** Runs a bash script as the student in their home. Throws `sandbox-gone`, and the signal's reason when it is aborted. */
export async function runScript(
  sandbox: Pick<Sandbox, 'exec'>,
  script: string,
  { clock, timeoutMs, maxBytes, signal }: ScriptOptions,
): Promise<ScriptResult> {
  const late = new AbortController()
  const cancel = clock.after(timeoutMs, () => late.abort())
  const ending = signal ? AbortSignal.any([signal, late.signal]) : late.signal
  try {
    const program = await sandbox.exec({
      argv: ['/bin/bash', '-c', READ_AND_RUN],
      user: 'student',
      cwd: '/home/student',
      env: studentEnv,
      signal: ending,
    })
    program.stream.end(script)
    const output = await lastBytes(program.stream, maxBytes)
    signal?.throwIfAborted()
    const timedOut = late.signal.aborted
    return { exitCode: timedOut ? undefined : await program.exit, output, timedOut }
  } finally {
    cancel()
  }
}

async function lastBytes(stream: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  let kept: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of stream) {
      kept.push(chunk)
      size += chunk.length
      // Twice the room, so that most chunks cost nothing.
      if (size > 2 * maxBytes) {
        kept = [Buffer.concat(kept).subarray(-maxBytes)]
        size = maxBytes
      }
    }
  } catch {
    // Given up from our side: what came until then is the output.
  }
  return Buffer.concat(kept).subarray(-maxBytes).toString('utf8')
}
