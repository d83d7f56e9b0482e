import { z } from 'zod'
import type { ExecResult, ExecSpec } from '../../checks/own-container.ts'
import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import type { CheckMarks } from './check-marks.ts'
import { type EngineClient, engineMessage, parseAnswer } from './engine-client.ts'
import { LogFrames } from './log-frames.ts'

const MAX_TEXT = 64 * 1024
const START_MS = 15_000
/** The end of a program is known a moment after the end of its output. */
const SETTLE = { tries: 40, ms: 50 }

const created = z.object({ Id: z.string().regex(/^[0-9a-f]{64}$/) })
const inspected = z.object({
  Running: z.boolean(),
  ExitCode: z.int().nullish(),
  Pid: z.int().min(0),
})

/**
 * Runs a program in a running container. One that has not ended in time, or writes more than is kept and goes on, still runs
 * then: `exitCode` is null and `pid` says which it is.
 */
export async function execIn(
  deps: { client: EngineClient; clock: Clock; marks: CheckMarks },
  id: string,
  spec: ExecSpec,
  signal: AbortSignal,
): Promise<ExecResult> {
  const { client, clock, marks } = deps
  const [program = '', ...args] = spec.argv
  const body = {
    Cmd: [marks.program(program, clock.now()), ...args],
    AttachStdout: true,
    AttachStderr: true,
    User: spec.user ?? '',
    Env: spec.env ?? [],
  }
  const answer = await client.call({ method: 'POST', path: `/containers/${id}/exec`, body, signal })
  if (answer.status === 404 || answer.status === 409) return refusedRun(engineMessage(answer), 126)
  const { Id: exec } = parseAnswer(answer, created, [201])
  const output = await readOutput(deps, exec, spec.timeoutMs, signal)
  for (let tries = 0; ; tries++) {
    const state = await client.json({ method: 'GET', path: `/exec/${exec}/json`, signal }, inspected)
    if ('refused' in output) return refusedRun(output.refused, state.ExitCode ?? 126)
    if (!state.Running && typeof state.ExitCode === 'number') {
      // Older engines say as output why a program could not be started.
      const refused = /^OCI runtime exec failed: .*/u.exec(output.stdout)?.[0]
      if (refused !== undefined && [126, 127].includes(state.ExitCode))
        return refusedRun(refused, state.ExitCode)
      return { ...output, exitCode: state.ExitCode, refused: null, pid: 0 }
    }
    if (!output.ended || tries >= SETTLE.tries)
      return { ...output, exitCode: null, refused: null, pid: state.Pid }
    await pause(clock, SETTLE.ms, signal)
  }
}

function refusedRun(refused: string, exitCode: number): ExecResult {
  return { exitCode, stdout: '', stderr: '', refused, pid: 0 }
}

/** What it writes, until it ends, the time is over, or more comes than is kept. */
async function readOutput(
  { client, clock }: { client: EngineClient; clock: Clock },
  exec: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<{ stdout: string; stderr: string; ended: boolean } | { refused: string }> {
  const over = new AbortController()
  const cancel = clock.after(timeoutMs, () => over.abort())
  const kept = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  const text = (stream: keyof typeof kept) =>
    Buffer.concat(kept[stream]).subarray(0, MAX_TEXT).toString('utf8')
  const result = (ended: boolean) => ({ stdout: text('stdout'), stderr: text('stderr'), ended })
  try {
    const open = await client.open({
      method: 'POST',
      path: `/exec/${exec}/start`,
      body: { Detach: false, Tty: false },
      timeoutMs: START_MS,
      signal: AbortSignal.any([signal, over.signal]),
    })
    if ('refused' in open) return open
    const frames = new LogFrames(false)
    let size = 0
    try {
      for await (const chunk of open.stream as AsyncIterable<Buffer>) {
        for (const piece of frames.push(chunk)) {
          size += piece.data.length
          kept[piece.stream].push(piece.data)
        }
        if (size > 4 * MAX_TEXT) return result(false)
      }
      if (!frames.whole) throw new RangeError('A piece is cut off')
    } finally {
      open.stream.destroy()
    }
    return result(true)
  } catch (error) {
    signal.throwIfAborted()
    if (over.signal.aborted) return result(false)
    throw error instanceof DrydockError
      ? error
      : new DrydockError('student-engine-answer', 'The output of an exec is no stream.', { cause: error })
  } finally {
    cancel()
  }
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
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
