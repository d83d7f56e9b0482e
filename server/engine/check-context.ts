import {
  type CheckContext,
  CheckFault,
  type ExecOptions,
  type ExecResult,
  type GivenAnswer,
  type JournalRow,
} from '../../checks/check.ts'
import { goingOn, inOrder, ofThisMachine } from '../../checks/journal-rows.ts'
import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import type { Sandbox } from '../sandbox/sandbox-driver.ts'
import type { Journal } from './journal.ts'
import { readSandboxFiles } from './sandbox-files.ts'
import type { StudentEngine } from './student-engine.ts'

export interface CheckContextDeps {
  engine: StudentEngine
  journal: Pick<Journal, 'flush'>
  /** All rows of the session that the journal's sink has. */
  readRows: () => Promise<readonly JournalRow[]>
  sandbox: Pick<Sandbox, 'exec'>
  answers: ReadonlyMap<string, GivenAnswer>
  /** Golden images: name to id. */
  images: ReadonlyMap<string, string>
  seed: string
  clock: Clock
}

const EXEC_MS = 10_000
const EXEC_BYTES = 64 * 1024

/** Joins a session's engine, journal, sandbox and answers into what one run of checks may ask. */
export function checkContext(deps: CheckContextDeps, signal: AbortSignal): CheckContext {
  const { clock } = deps
  return {
    engine: deps.engine.view(signal),
    async journal() {
      signal.throwIfAborted()
      await deps.journal.flush()
      return goingOn(inOrder(ofThisMachine(await deps.readRows())))
    },
    exec: (argv, options) => exec(deps, argv, { ...options, signal }),
    files: (path, limits) => readSandboxFiles(deps, path, limits, signal),
    answers: deps.answers,
    images: deps.images,
    seed: deps.seed,
    now: () => clock.now(),
    wait: (ms) => wait(clock, ms, signal),
    signal,
  }
}

async function exec(
  { sandbox, clock }: CheckContextDeps,
  argv: string[],
  {
    timeoutMs = EXEC_MS,
    maxBytes = EXEC_BYTES,
    user = 'root',
    input,
    signal,
    ...place
  }: ExecOptions & { signal: AbortSignal },
): Promise<ExecResult> {
  const late = new AbortController()
  const cancel = clock.after(timeoutMs, () =>
    late.abort(new CheckFault('probe-failed', 'A program in the sandbox did not end in time.')),
  )
  const ending = AbortSignal.any([signal, late.signal])
  try {
    const process = await sandbox.exec({ ...place, argv, user, signal: ending })
    ending.addEventListener('abort', () => process.stream.destroy(), { once: true })
    process.stream.end(input)
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of process.stream as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxBytes) {
        process.stream.destroy()
        throw new CheckFault('probe-failed', 'A program in the sandbox wrote too much.')
      }
      chunks.push(chunk)
    }
    const exitCode = await process.exit
    if (exitCode === undefined) throw new DrydockError('sandbox-gone')
    return { exitCode, stdout: Buffer.concat(chunks).toString('utf8'), stderr: process.stderr() }
  } catch (error) {
    ending.throwIfAborted()
    throw error
  } finally {
    cancel()
  }
}

function wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const stop = () => {
      cancel()
      reject(signal.reason)
    }
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
    signal.addEventListener('abort', stop, { once: true })
  })
}
