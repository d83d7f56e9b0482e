import { z } from 'zod'
import { CheckFault } from '../../checks/check.ts'
import type { ContainerState } from '../../checks/container-state.ts'
import { type ContainerObject, containerObject } from '../../checks/engine-view.ts'
import type { SandboxFile } from '../../checks/files.ts'
import type {
  Clone,
  CloneSpec,
  LogLine,
  OwnFile,
  OwnMount,
  ProbeResult,
  ProbeSpec,
} from '../../checks/own-container.ts'
import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import type { CheckMarks } from './check-marks.ts'
import { readLogs } from './container-logs.ts'
import { type EngineClient, engineMessage, parseAnswer, refusal } from './engine-client.ts'
import { execIn } from './exec-run.ts'
import { cloneBody, probeBody } from './own-body.ts'
import { packTar } from './pack-tar.ts'
import { waitForLine } from './wait-for-line.ts'

/** Every container of ours bears this label for the student to see; what proves it is the mark in its name. */
const PROBE_LABEL = 'drydock.check'
const MAX_AT_ONCE = 6
/** A probe left behind by a server that was killed is removed after this; must exceed the longest check. */
const LEFT_BEHIND_S = 180
const REMOVE_MS = 15_000
const START_MS = 15_000
const COPY_MS = 10_000
const MAX_COPY_KB = 64 * 1024
const MAX_FILES = 8 * 1024 * 1024
const MAX_PROBE_TEXT = 64 * 1024
const MAX_LINE = 4096

const created = z.object({ Id: z.string().regex(/^[0-9a-f]{64}$/) })
const waited = z.object({ StatusCode: z.int() })
const listed = z
  .array(z.object({ Names: z.array(z.string().max(300)).max(50).nullish(), Created: z.number() }))
  .max(5000)

/** Containers of our own in a student's engine: labelled, limited, few, and always removed. They touch nothing of the student's. */
export class ProbeContainers {
  readonly #client: EngineClient
  readonly #clock: Clock
  readonly #marks: CheckMarks
  readonly #alive = new Set<string>()
  /** Ours that could not be removed when they should have been. */
  readonly #leftover = new Set<string>()
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor(deps: { client: EngineClient; clock: Clock; marks: CheckMarks }) {
    this.#marks = deps.marks
    this.#client = deps.client
    this.#clock = deps.clock
  }

  async run(spec: ProbeSpec, signal: AbortSignal): Promise<ProbeResult> {
    await using probe = await this.#create(probeBody(spec), spec.files, signal)
    if (probe.status === 404)
      throw new CheckFault(
        'fixture-missing',
        `What this check needs is not in the engine: ${engineMessage(probe)}`,
      )
    if (probe.status === 400 || probe.status === 409)
      return { exitCode: 125, stdout: '', stderr: '', refused: engineMessage(probe) }
    if (probe.status !== 201) throw refusal(probe)
    const start = await this.#post(probe.id, 'start', { signal, timeoutMs: START_MS })
    if (start.status === 400 || start.status === 404) {
      const { ExitCode } = await this.#state(probe.id, signal)
      return { exitCode: ExitCode, stdout: '', stderr: '', refused: engineMessage(start) }
    }
    if (start.status !== 204) throw refusal(start)
    const exitCode = await this.#end(probe.id, spec.timeoutMs, signal)
    const lines = await this.#logs(probe.id, false, signal)
    const text = (stream: LogLine['stream']) =>
      lines
        .filter((line) => line.stream === stream)
        .map((line) => line.text)
        .join('\n')
        .slice(0, MAX_PROBE_TEXT)
    return { exitCode, stdout: text('stdout'), stderr: text('stderr'), refused: null }
  }

  async startClone(spec: CloneSpec, signal: AbortSignal): Promise<Clone | { refused: string }> {
    const probe = await this.#create(cloneBody(spec), spec.files, signal)
    try {
      const refused =
        probe.status === 201 ? await this.#prepare(probe.id, spec, signal) : engineMessage(probe)
      if (refused === undefined) return this.#clone(probe, spec.tty, signal)
      await probe[Symbol.asyncDispose]()
      return { refused }
    } catch (error) {
      await probe[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Fills the copies and starts it; the reason when that is not to be. */
  async #prepare(id: string, spec: CloneSpec, signal: AbortSignal): Promise<string | undefined> {
    for (const mount of spec.mounts ?? []) {
      if (mount.kind !== 'copy') continue
      const refused = await this.#fill(id, mount, spec.copyWith ?? spec.image, signal)
      if (refused !== undefined) return refused
    }
    const start = await this.#post(id, 'start', { signal, timeoutMs: START_MS })
    return start.status === 204 ? undefined : engineMessage(start)
  }

  async #fill(id: string, mount: OwnMount & { kind: 'copy' }, image: string, signal: AbortSignal) {
    const { Mounts } = await this.#inspect(id, signal)
    const name = Mounts?.find((each) => each.Destination === mount.target)?.Name
    if (!name) throw new DrydockError('student-engine-answer', 'A clone has no volume for its copy.')
    const { of } = mount
    const from: OwnMount =
      'volume' in of
        ? { kind: 'volume', name: of.volume, target: '/from', readOnly: true }
        : { kind: 'path', path: of.path, target: '/from', readOnly: true }
    const run = (program: string, args: string[], mounts: OwnMount[]) =>
      this.run(
        { image, entrypoint: [program], cmd: args, workingDir: '/', user: '0', mounts, timeoutMs: COPY_MS },
        signal,
      )
    const size = await run('/usr/bin/du', ['-sxk', '/from'], [from])
    const kilobytes = Number(/^\d+/.exec(size.stdout)?.[0] ?? Number.NaN)
    if (size.exitCode !== 0 || !(kilobytes <= MAX_COPY_KB)) return 'what it mounts is too large to be copied'
    const to: OwnMount = { kind: 'volume', name, target: '/to', readOnly: false }
    const copy = await run('/usr/bin/cp', ['-a', '/from/.', '/to/'], [from, to])
    return copy.exitCode === 0 ? undefined : 'what it mounts could not be copied'
  }

  #clone(probe: Probe, tty: boolean, signal: AbortSignal): Clone {
    const { id } = probe
    const deps = { client: this.#client, clock: this.#clock, marks: this.#marks }
    const act = async (action: 'stop' | 'restart', graceSeconds: number) => {
      const timeoutMs = graceSeconds * 1000 + START_MS
      const answer = await this.#post(id, action, { signal, timeoutMs, query: { t: String(graceSeconds) } })
      if (answer.status !== 204 && answer.status !== 304) throw refusal(answer)
    }
    return {
      id,
      state: () => this.#state(id, signal),
      logs: async () => {
        const lines = (await this.#logs(id, tty, signal)).slice(-500)
        return lines.map((line) => ({ ...line, text: line.text.slice(0, MAX_LINE) }))
      },
      waitForLine: (pattern, timeoutMs) => waitForLine(deps, { id, tty }, pattern, timeoutMs, signal),
      waitForEnd: (timeoutMs) => this.#end(id, timeoutMs, signal),
      exec: (spec) => execIn(deps, id, spec, signal),
      stop: (graceSeconds) => act('stop', graceSeconds),
      restart: (graceSeconds) => act('restart', graceSeconds),
      [Symbol.asyncDispose]: () => probe[Symbol.asyncDispose](),
    }
  }

  /** The exit code when it has ended, null when it still runs after that time. */
  async #end(id: string, timeoutMs: number, signal: AbortSignal): Promise<number | null> {
    try {
      const answer = await this.#post(id, 'wait', { signal, timeoutMs })
      return parseAnswer(answer, waited).StatusCode
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof DrydockError) || error.code !== 'student-engine-down') throw error
      const { Running, ExitCode } = await this.#state(id, signal)
      return Running ? null : ExitCode
    }
  }

  #inspect(id: string, signal: AbortSignal): Promise<ContainerObject> {
    return this.#client.json({ method: 'GET', path: `/containers/${id}/json`, signal }, containerObject)
  }

  async #state(id: string, signal: AbortSignal): Promise<ContainerState> {
    return (await this.#inspect(id, signal)).State
  }

  async #logs(id: string, tty: boolean, signal: AbortSignal): Promise<LogLine[]> {
    const lines = await readLogs(this.#client, { id, tty }, 'both', signal)
    if (Array.isArray(lines)) return lines
    throw new DrydockError('student-engine-answer', 'A container of the check has lost its log.')
  }

  /** Its name is known before its id: it can be removed also when the answer never came. */
  async #create(
    body: Record<string, unknown>,
    files: readonly OwnFile[] | undefined,
    signal: AbortSignal,
  ): Promise<Probe> {
    signal.throwIfAborted()
    await this.#sweep(signal)
    if (this.#alive.size >= MAX_AT_ONCE)
      throw new DrydockError('student-engine-down', 'Too many probes run at once.')
    const name = this.#marks.name(this.#clock.now())
    const remove = async () => {
      await this.#remove(name)
      this.#alive.delete(name)
    }
    this.#alive.add(name)
    try {
      // Not ended by the signal: a create that goes on in the engine would outlive its removal.
      const answer = await this.#client.call({
        method: 'POST',
        path: '/containers/create',
        query: { name },
        body: { ...body, Labels: { ...(body.Labels as object), [PROBE_LABEL]: name } },
        timeoutMs: START_MS,
      })
      const id = answer.status === 201 ? parseAnswer(answer, created, [201]).Id : ''
      if (id && files?.length) await this.#put(id, files, signal)
      return { ...answer, id, [Symbol.asyncDispose]: remove }
    } catch (error) {
      await remove()
      throw error
    }
  }

  async #put(id: string, files: readonly OwnFile[], signal: AbortSignal): Promise<void> {
    const body = Buffer.concat([...packTar('', files.map(rootsFile))])
    if (body.length > MAX_FILES) throw new CheckFault('check-failed', 'The files of a probe are too large.')
    const query = { path: '/' }
    const path = `/containers/${id}/archive`
    const answer = await this.#client.call({ method: 'PUT', path, query, body, timeoutMs: START_MS, signal })
    if (answer.status !== 200) throw refusal(answer)
  }

  #post(
    id: string,
    action: string,
    options: { signal: AbortSignal; timeoutMs: number; query?: Record<string, string> },
  ) {
    return this.#client.call({
      method: 'POST',
      path: `/containers/${id}/${action}`,
      maxBytes: 65_536,
      ...options,
    })
  }

  /** Never throws: what cannot be removed now is swept before the next probe. */
  async #remove(name: string): Promise<void> {
    const query = { force: '1', v: '1' }
    try {
      const answer = await this.#client.call({
        method: 'DELETE',
        path: `/containers/${name}`,
        query,
        timeoutMs: REMOVE_MS,
      })
      if (answer.status === 204 || answer.status === 404) this.#leftover.delete(name)
      else this.#leftover.add(name)
    } catch {
      this.#leftover.add(name)
    }
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    for (const name of this.#leftover) await this.#remove(name)
    const now = this.#clock.now() / 1000
    if (now - this.#sweptAt < LEFT_BEHIND_S) return
    this.#sweptAt = now
    const filters = JSON.stringify({ label: [PROBE_LABEL] })
    const found = await this.#client.json(
      { method: 'GET', path: '/containers/json', query: { all: '1', filters }, signal },
      listed,
    )
    for (const { Names, Created } of found) {
      const name = Names?.find((each) => this.#marks.inName(each) !== undefined)?.slice(1)
      if (name && !this.#alive.has(name) && now - Created > LEFT_BEHIND_S) await this.#remove(name)
    }
  }
}

interface Probe extends AsyncDisposable {
  id: string
  status: number
  body: Buffer
}

function rootsFile({ path, content, mode = 0o644 }: OwnFile): SandboxFile {
  const data = Buffer.from(content as string)
  return { path, kind: 'file', mode, uid: 0, gid: 0, mtime: 0, link: '', data }
}
