import { z } from 'zod'
import type { EngineView } from '../../checks/engine-view.ts'
import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import { CheckMarks } from './check-marks.ts'
import type { Dial } from './dial-agent.ts'
import { EngineClient, refusal } from './engine-client.ts'
import { type EngineEvent, parseEvent, readLines, TOO_LONG } from './engine-events.ts'
import { StudentEngineView } from './engine-view.ts'
import { OwnImages } from './own-images.ts'
import { ProbeContainers } from './probe-containers.ts'

const version = z.object({ Version: z.string().max(100), ApiVersion: z.string().max(20) })
const info = z.object({ SystemTime: z.iso.datetime({ offset: true }) })

/** The private Docker engine of one sandbox. What it answers is the student's word, parsed and bounded. */
export class StudentEngine {
  readonly #client: EngineClient
  readonly #clock: Clock
  readonly #probes: ProbeContainers
  /** What marks the things of this session's checks. */
  readonly marks: CheckMarks
  readonly #images: OwnImages

  /** `seed`: the session's; whoever knows it can pass for a check. */
  constructor(deps: { dial: Dial; clock: Clock; seed: string }) {
    this.#client = new EngineClient(deps)
    this.#clock = deps.clock
    this.marks = new CheckMarks(deps.seed)
    this.#probes = new ProbeContainers({ client: this.#client, clock: deps.clock, marks: this.marks })
    this.#images = new OwnImages({ client: this.#client, clock: deps.clock, marks: this.marks })
  }

  /** The engine as one run of a check sees it: everything ends with the signal. */
  view(signal: AbortSignal): EngineView {
    return new StudentEngineView({
      client: this.#client,
      probes: this.#probes,
      marks: this.marks,
      images: this.#images,
      clock: this.#clock,
      signal,
    })
  }

  /** Resolves when the engine answers; throws `student-engine-down` otherwise. */
  async ping(signal?: AbortSignal): Promise<void> {
    const answer = await this.#client.call({ method: 'GET', path: '/_ping', maxBytes: 4096, signal })
    if (answer.status !== 200) throw refusal(answer)
  }

  async version(): Promise<{ version: string; apiVersion: string }> {
    const answer = await this.#client.json({ method: 'GET', path: '/version', maxBytes: 65_536 }, version)
    return { version: answer.Version, apiVersion: answer.ApiVersion }
  }

  /** The engine's clock less ours, in milliseconds, and by how much that may be wrong. */
  async clockOffset(): Promise<{ ms: number; within: number }> {
    const asked = this.#clock.now()
    const answer = await this.#client.json({ method: 'GET', path: '/info' }, info)
    const within = (this.#clock.now() - asked) / 2
    return { ms: Date.parse(answer.SystemTime) - asked - within, within }
  }

  /**
   * Events from `since` on (seconds, `1700000000.123456789`; `0` for all that the engine remembers); with `until` it ends there,
   * else it goes on until the signal or the connection ends. TOO_LONG stands for an event that was left out for its size.
   * Throws `student-engine-answer` at a line that is no event.
   */
  async *events(options: {
    since: string
    until?: string
    signal?: AbortSignal
  }): AsyncGenerator<EngineEvent | typeof TOO_LONG> {
    const query = { since: options.since, ...(options.until === undefined ? {} : { until: options.until }) }
    const stream = await this.#client.stream({
      method: 'GET',
      path: '/events',
      query,
      signal: options.signal,
    })
    try {
      for await (const line of readLines(stream)) {
        if (line === '') continue
        const event = line === TOO_LONG ? line : parseEvent(line)
        if (!event)
          throw new DrydockError('student-engine-answer', "The engine's event stream holds something else.")
        yield this.#authored(event)
      }
    } finally {
      stream.destroy()
    }
  }

  /** The engine says nothing of an image that goes but its id. */
  #authored(event: EngineEvent | typeof TOO_LONG): EngineEvent | typeof TOO_LONG {
    return event !== TOO_LONG && event.type === 'image' && this.#images.has(event.actorId)
      ? { ...event, by: 'check' }
      : event
  }

  /** Ends all connections. */
  close(): void {
    this.#client.close()
  }
}
