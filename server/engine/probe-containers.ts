import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { CheckFault } from '../../checks/check.ts'
import type {
  Clone,
  CloneSpec,
  ContainerObject,
  EngineView,
  LogLine,
  ProbeResult,
  ProbeSpec,
} from '../../checks/engine-view.ts'
import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import { readLogs } from './container-logs.ts'
import { type EngineClient, engineMessage, parseAnswer, refusal } from './engine-client.ts'
import { waitForLine } from './wait-for-line.ts'

/** Marks every container of ours in a student's engine; its value is the container's name. */
const PROBE_LABEL = 'drydock.check'
const PROBE_NAME = /^\/drydock-check-[0-9a-f]{16}$/
const MAX_AT_ONCE = 6
/** A probe left behind by a server that was killed is removed after this; must exceed the longest check. */
const LEFT_BEHIND_S = 180
const REMOVE_MS = 15_000
const START_MS = 15_000
const MEGABYTE = 1024 * 1024
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
  readonly #alive = new Set<string>()
  /** Ours that could not be removed when they should have been. */
  readonly #leftover = new Set<string>()
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor(deps: { client: EngineClient; clock: Clock }) {
    this.#client = deps.client
    this.#clock = deps.clock
  }

  async run(spec: ProbeSpec, signal: AbortSignal): Promise<ProbeResult> {
    const [program, ...args] = spec.argv
    await using probe = await this.#create(
      {
        Image: spec.image,
        Entrypoint: [program],
        Cmd: args,
        WorkingDir: '/',
        HostConfig: {
          ...limits(64),
          NetworkMode: spec.networkOf ? `container:${spec.networkOf}` : 'none',
          PidMode: spec.processesOf ? `container:${spec.processesOf}` : '',
          CapDrop: ['ALL'],
        },
      },
      signal,
    )
    if (probe.status === 404)
      throw new CheckFault('fixture-missing', 'An image that this check needs is no longer in the engine.')
    if (probe.status !== 201) throw refusal(probe)
    const start = await this.#post(probe.id, 'start', { signal, timeoutMs: START_MS })
    if (start.status !== 204) throw refusal(start)
    const wait = await this.#post(probe.id, 'wait', { signal, timeoutMs: spec.timeoutMs })
    const { StatusCode } = parseAnswer(wait, waited)
    const lines = await this.#logs(probe.id, false, signal)
    const text = (stream: LogLine['stream']) =>
      lines
        .filter((line) => line.stream === stream)
        .map((line) => line.text)
        .join('\n')
        .slice(0, MAX_PROBE_TEXT)
    return { exitCode: StatusCode, stdout: text('stdout'), stderr: text('stderr') }
  }

  async startClone(
    spec: CloneSpec,
    view: EngineView,
    signal: AbortSignal,
  ): Promise<Clone | { refused: string }> {
    const probe = await this.#create(
      {
        Image: spec.image,
        ...(spec.entrypoint && { Entrypoint: spec.entrypoint }),
        ...(spec.cmd && { Cmd: spec.cmd }),
        Env: spec.env,
        User: spec.user,
        WorkingDir: spec.workingDir,
        Tty: spec.tty,
        ...(spec.stopSignal !== null && { StopSignal: spec.stopSignal }),
        ...(spec.stopTimeout !== null && { StopTimeout: spec.stopTimeout }),
        HostConfig: { ...limits(256), NetworkMode: 'none', Init: spec.init },
      },
      signal,
    )
    try {
      if (probe.status !== 201) {
        await probe[Symbol.asyncDispose]()
        return { refused: engineMessage(probe) }
      }
      const start = await this.#post(probe.id, 'start', { signal, timeoutMs: START_MS })
      if (start.status === 204) return this.#clone(probe, spec.tty, view, signal)
      await probe[Symbol.asyncDispose]()
      return { refused: engineMessage(start) }
    } catch (error) {
      await probe[Symbol.asyncDispose]()
      throw error
    }
  }

  #clone(probe: Probe, tty: boolean, view: EngineView, signal: AbortSignal): Clone {
    const { id } = probe
    return {
      id,
      state: async (): Promise<ContainerObject['State']> => {
        const found = await view.container(id)
        if (!found) throw new DrydockError('student-engine-answer', 'A container of the check has vanished.')
        return found.State
      },
      logs: async () => {
        const lines = (await this.#logs(id, tty, signal)).slice(-500)
        return lines.map((line) => ({ ...line, text: line.text.slice(0, MAX_LINE) }))
      },
      waitForLine: (pattern, timeoutMs) =>
        waitForLine({ client: this.#client, clock: this.#clock }, { id, tty }, pattern, timeoutMs, signal),
      stop: async (graceSeconds) => {
        const timeoutMs = graceSeconds * 1000 + START_MS
        const answer = await this.#post(id, 'stop', { signal, timeoutMs, query: { t: String(graceSeconds) } })
        if (answer.status !== 204 && answer.status !== 304) throw refusal(answer)
      },
      [Symbol.asyncDispose]: () => probe[Symbol.asyncDispose](),
    }
  }

  async #logs(id: string, tty: boolean, signal: AbortSignal): Promise<LogLine[]> {
    const lines = await readLogs(this.#client, { id, tty }, 'both', signal)
    if (Array.isArray(lines)) return lines
    throw new DrydockError('student-engine-answer', 'A container of the check has lost its log.')
  }

  /** Its name is known before its id: it can be removed also when the answer never came. */
  async #create(config: object, signal: AbortSignal): Promise<Probe> {
    signal.throwIfAborted()
    await this.#sweep(signal)
    if (this.#alive.size >= MAX_AT_ONCE)
      throw new DrydockError('student-engine-down', 'Too many probes run at once.')
    const name = `drydock-check-${randomBytes(8).toString('hex')}`
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
        body: { ...config, Labels: { [PROBE_LABEL]: name } },
        timeoutMs: START_MS,
      })
      const id = answer.status === 201 ? parseAnswer(answer, created, [201]).Id : ''
      return { ...answer, id, [Symbol.asyncDispose]: remove }
    } catch (error) {
      await remove()
      throw error
    }
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
      const name = Names?.find((each) => PROBE_NAME.test(each))?.slice(1)
      if (name && !this.#alive.has(name) && now - Created > LEFT_BEHIND_S) await this.#remove(name)
    }
  }
}

interface Probe extends AsyncDisposable {
  id: string
  status: number
  body: Buffer
}

function limits(megabytes: number) {
  return {
    Memory: megabytes * MEGABYTE,
    MemorySwap: megabytes * MEGABYTE,
    PidsLimit: 100,
    LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
    RestartPolicy: { Name: 'no' },
  }
}
