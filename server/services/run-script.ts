import type { Clock } from '../clock.ts'
import type { Sandbox } from '../sandbox/sandbox-driver.ts'

export interface ScriptResult {
  /** Undefined when it was ended or the sandbox vanished. */
  exitCode: number | undefined
  /** The last of what it printed, both streams of it. */
  output: string
  timedOut: boolean
}

export interface ScriptOptions {
  clock: Clock
  timeoutMs: number
  /** How much of the end of its output is kept. */
  maxBytes: number
  /** Beside what a login shell of the student has. */
  env?: Record<string, string>
  signal?: AbortSignal
}

const ENV = {
  HOME: '/home/student',
  USER: 'student',
  LOGNAME: 'student',
  SHELL: '/bin/bash',
  LANG: 'C.UTF-8',
  TERM: 'dumb',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
}

/**
 * Runs a script with bash as the student. It comes over standard input, so no file of it is left in the sandbox, and is
 * read whole before it begins, so no program in it can swallow its rest. Throws `sandbox-gone`, and the reason of `signal`.
 */
export async function runScript(
  sandbox: Pick<Sandbox, 'exec'>,
  script: string,
  { clock, timeoutMs, maxBytes, env, signal }: ScriptOptions,
): Promise<ScriptResult> {
  const late = new AbortController()
  const cancel = clock.after(timeoutMs, () => late.abort())
  try {
    const process = await sandbox.exec({
      argv: ['/bin/bash', '-c', 'eval "$(cat)" 2>&1 </dev/null'],
      user: 'student',
      cwd: '/home/student',
      env: { ...ENV, ...env },
      signal: AbortSignal.any([late.signal, ...(signal ? [signal] : [])]),
    })
    process.stream.on('error', () => process.stream.destroy())
    process.stream.end(script)
    let tail = Buffer.alloc(0)
    process.stream.on('data', (chunk: Buffer) => {
      tail = Buffer.concat([tail, chunk]).subarray(-maxBytes)
    })
    const exitCode = await process.exit
    signal?.throwIfAborted()
    return {
      exitCode: late.signal.aborted ? undefined : exitCode,
      output: tail.toString('utf8'),
      timedOut: late.signal.aborted,
    }
  } finally {
    cancel()
  }
}
