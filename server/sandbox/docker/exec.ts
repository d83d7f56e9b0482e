import type Docker from 'dockerode'
import type { Clock } from '../../clock.ts'
import { DrydockError } from '../../errors.ts'
import type { ExecSpec, SandboxProcess } from '../sandbox-driver.ts'
import type { ContainerEnds } from './container-ends.ts'
import { DemultiplexedStream } from './demultiplexed.ts'
import { isStatus, nameFault } from './engine-faults.ts'
import type { HostHelper } from './host-helper.ts'

/** A program whose stream was given up has this long to end by itself (a relay does, on end-of-file) before it is killed. */
const GRACE_MS = 500
/** The engine writes process ids and exit codes down a moment after the fact. */
const SETTLE_MS = 3_000
const SETTLE_STEP_MS = 20

/**
 * Keys that end a terminal's connection. Docker has no way to go without: empty means Ctrl-P Ctrl-Q, which a person types
 * and a paste may hold. These begin with one that is rarely typed, since it is held back until the next comes.
 */
const DETACH_KEYS = 'ctrl-^,ctrl-_,ctrl-@,ctrl-^,ctrl-_,ctrl-@,ctrl-_,ctrl-^,ctrl-@,ctrl-^'

/** What starting programs needs beside their container. */
export interface ExecDeps {
  helper: HostHelper
  ends: ContainerEnds
  clock: Clock
}

interface Deps extends ExecDeps {
  container: Docker.Container
}

/** The words for `run` of the tools mount, which sets size, user, directory and environment before the program starts. */
function runWords(spec: ExecSpec): string[] {
  const env = Object.entries(spec.env ?? {}).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  return [
    '/opt/drydock/bin/run',
    ...(spec.tty ? ['--tty', `${spec.tty.cols}x${spec.tty.rows}`] : []),
    ...(spec.user === 'student' ? ['--user', 'student'] : []),
    ...(spec.cwd ? ['--cwd', spec.cwd] : []),
    ...env,
    '--',
    ...spec.argv,
  ]
}

/** Starts a program in a running container. Throws `sandbox-gone` when it is not there or does not run. */
export async function startExec(deps: Deps, spec: ExecSpec): Promise<SandboxProcess> {
  const { container } = deps
  const tty = spec.tty !== undefined
  spec.signal?.throwIfAborted()
  const { promise: containerEnded, resolve } = Promise.withResolvers<void>()
  let forget: (() => void) | undefined
  try {
    forget = await deps.ends.onEnd(container.id, resolve)
    const exec = await container.exec({
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: !tty,
      Tty: tty,
      ...(tty && { DetachKeys: DETACH_KEYS }),
      User: '0:0',
      WorkingDir: '/',
      Cmd: runWords(spec),
    })
    const stream = new DemultiplexedStream(await exec.start({ hijack: true, stdin: true, Tty: tty }), !tty)
    const exit = ended(deps, exec, stream, tty, containerEnded).finally(forget)
    const abort = () => stream.destroy()
    spec.signal?.addEventListener('abort', abort, { once: true })
    stream.over.then(() => spec.signal?.removeEventListener('abort', abort))
    if (spec.signal?.aborted) abort()
    return {
      stream,
      stderr: () => stream.stderr(),
      exit,
      resize: (cols, rows) => resize(exec, cols, rows),
    }
  } catch (error) {
    forget?.()
    // 404: no such container; 409: it does not run; 500 with this text: it ended between the two calls.
    const ended =
      isStatus(error, 404, 409) || (isStatus(error, 500) && /not running|no such process/.test(String(error)))
    throw ended ? new DrydockError('sandbox-gone', undefined, { cause: error }) : nameFault(error)
  }
}

/**
 * Resolves with the exit code when the program has ended, or undefined when nobody can say; never rejects. Closing a
 * terminal's connection tells its program nothing, so a stream that is given up takes its program along.
 */
async function ended(
  deps: Deps,
  exec: Docker.Exec,
  stream: DemultiplexedStream,
  tty: boolean,
  containerEnded: Promise<void>,
) {
  const { container, helper, clock } = deps
  const givenUp = new Promise<void>((resolve) =>
    stream.once('close', () => stream.readableEnded || resolve()),
  )
  const first = await Promise.race([
    stream.over.then(() => 'over' as const),
    givenUp.then(() => 'given up' as const),
    containerEnded.then(() => 'container ended' as const),
  ])
  if (first === 'given up') {
    if (!tty) await Promise.race([stream.over, pause(clock, GRACE_MS)])
    const { Running, Pid } = await settled(exec, clock, ({ Running, Pid }) => !Running || Pid > 0)
    if (Running) await helper.request('kill', container.id, Pid).catch(() => undefined)
    stream.abandon()
  }
  if (first === 'container ended') {
    await Promise.race([stream.over, pause(clock, GRACE_MS)])
    stream.abandon()
    return
  }
  const { Running, ExitCode } = await settled(exec, clock, ({ Running }) => !Running)
  return Running ? undefined : (ExitCode ?? undefined)
}

/** The engine's record of a program, when it has come to say what is waited for, or after some seconds. */
async function settled(exec: Docker.Exec, clock: Clock, when: (record: Docker.ExecInspectInfo) => boolean) {
  const until = clock.now() + SETTLE_MS
  for (;;) {
    // Gone with its sandbox, or the host engine does not answer: nobody can say any more.
    const record = await exec.inspect().catch(() => undefined)
    if (!record) return { Running: false, Pid: 0, ExitCode: null }
    if (when(record) || clock.now() > until) return record
    await pause(clock, SETTLE_STEP_MS)
  }
}

const pause = (clock: Clock, ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve))

async function resize(exec: Docker.Exec, cols: number, rows: number) {
  // A program that has ended has no terminal any more: nothing to set.
  await exec.resize({ w: cols, h: rows }).catch((error: unknown) => {
    if (!isStatus(error, 404, 409, 500)) throw nameFault(error)
  })
}
