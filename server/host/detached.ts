import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, renameSync, statSync } from 'node:fs'
import type { Readable } from 'node:stream'

const LOG_LIMIT_BYTES = 5_000_000
const READY_FD = 3

/** Closes every descriptor from the given one on, so that nothing of the caller's (locks, pipes) lives on in the program. */
const CLEAN_EXEC = `for f in /proc/self/fd/*; do n=\${f##*/}; if (( n >= $1 )); then eval "exec $n>&-"; fi; done; shift; exec "$@"`

/** A program that outlives this process. */
export interface Detached {
  pid: number
  /** Resolves with a description when the program ends; it may never. */
  ended: Promise<string>
  /** Resolves when the program has written to its descriptor 3 (with `ready`). */
  ready: Promise<void>
  /** Lets this process exit while the program runs. */
  release(): void
}

/** Starts a program in a session of its own, with its output in a log file; a log above 5 MB is set aside first as `.1`. */
export function startDetached(
  argv: readonly string[],
  logFile: string,
  options: { ready?: boolean } = {},
): Detached {
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES)
    renameSync(logFile, `${logFile}.1`)
  const log = openSync(logFile, 'a', 0o600)
  const firstClosed = options.ready ? READY_FD + 1 : READY_FD
  const child: ChildProcess = spawn('bash', ['-c', CLEAN_EXEC, 'clean-exec', String(firstClosed), ...argv], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log, ...(options.ready ? (['pipe'] as const) : [])],
  })
  closeSync(log)
  const signalled = child.stdio[READY_FD] as Readable | undefined
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `exit code ${code}`))
  })
  return {
    pid: child.pid ?? 0,
    ended,
    ready: new Promise((resolve) => signalled?.once('data', () => resolve())),
    release() {
      signalled?.destroy()
      child.unref()
    },
  }
}
