import type { Lab } from '../../labs/lab-schema.ts'
import type { DrydockError } from '../errors.ts'
import { usualSize } from '../sandbox/limits.ts'
import type { SessionRecord } from '../store/store.ts'
import { type FailDeps, failSession } from './fail-session.ts'
import type { LiveSessions } from './live-sessions.ts'
import type { SandboxRemoval } from './sandbox-removal.ts'
import { SessionStarter, type StarterDeps } from './session-starter.ts'
import type { StartQueue } from './start-queue.ts'

export interface StartsDeps extends StarterDeps, FailDeps {
  live: LiveSessions
  queue: StartQueue
  removal: SandboxRemoval
}

interface Start {
  abort: AbortController
  done: Promise<void>
}

/** The starts that are on their way, from their place in the queue to a session that is ready or failed. */
export class SessionStarts {
  readonly #deps: StartsDeps
  readonly #starter: SessionStarter
  readonly #starts = new Map<string, Start>()
  #closing = false

  constructor(deps: StartsDeps) {
    this.#deps = deps
    this.#starter = new SessionStarter(deps)
  }

  has(id: string): boolean {
    return this.#starts.has(id)
  }

  /** Starts the session when its turn has come; `first`: before all who wait. */
  launch(record: SessionRecord, lab: Lab, first = false): void {
    const abort = new AbortController()
    const { live, log, queue } = this.#deps
    const done = this.#startInTurn(record, lab, { signal: abort.signal, first })
      .catch(async (error: unknown) => {
        await live.letGo(record.id)
        if (!(await this.#waitsOn(record.id))) await failSession(this.#deps, record.id, error)
      })
      .catch((err: unknown) => log.error({ err, session: record.id }, 'a failed start could not be recorded'))
      .finally(() => {
        this.#starts.delete(record.id)
        queue.check()
      })
    this.#starts.set(record.id, { abort, done })
  }

  /** Breaks off the session's start, if there is one; resolves when everything of it is undone. */
  async abort(id: string, reason: DrydockError): Promise<void> {
    const start = this.#starts.get(id)
    start?.abort.abort(reason)
    await start?.done
  }

  /** Breaks off all; who had no turn yet keeps the place in line. */
  async close(reason: DrydockError): Promise<void> {
    this.#closing = true
    await Promise.all([...this.#starts.keys()].map((id) => this.abort(id, reason)))
  }

  async #waitsOn(id: string): Promise<boolean> {
    return this.#closing && (await this.#deps.store.session(id))?.state === 'requested'
  }

  /** The turn is over when the engine answers: the lab's own preparation holds nobody up. */
  async #startInTurn(
    record: SessionRecord,
    lab: Lab,
    { signal, first }: { signal: AbortSignal; first: boolean },
  ): Promise<void> {
    const { live, queue, removal } = this.#deps
    using turn = await queue.turn(record.id, { size: record.size ?? usualSize, signal, first })
    await removal.swept
    await this.#starter.start(record, lab, {
      events: live.eventsOf(record),
      signal,
      engineReady: (started) => live.add(started),
      begun: () => turn[Symbol.dispose](),
    })
  }
}
