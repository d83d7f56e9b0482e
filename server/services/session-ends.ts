import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import type { Log } from '../log.ts'
import { openStates, type SessionChange, type SessionRecord, type Store } from '../store/store.ts'
import type { LiveSessions } from './live-sessions.ts'
import type { SandboxRemoval } from './sandbox-removal.ts'
import type { SessionCompanion } from './session-companion.ts'
import type { SessionStarts } from './session-starts.ts'
import type { StartQueue } from './start-queue.ts'

export interface EndsDeps {
  store: Store
  clock: Clock
  log: Log
  live: LiveSessions
  queue: StartQueue
  removal: SandboxRemoval
  companion: SessionCompanion
  starts: SessionStarts
  /** The session's record has changed. */
  changed: (id: string) => void
}

/** Why a session ends, as its record keeps it. */
export type EndChange = Pick<SessionChange, 'outOfTime'>

/** Sessions that come to their end, each once. */
export class SessionEnds {
  readonly #deps: EndsDeps
  readonly #ends = new Map<string, Promise<void>>()

  constructor(deps: EndsDeps) {
    this.#deps = deps
  }

  has(id: string): boolean {
    return this.#ends.has(id)
  }

  /** Ends the session; resolves when its sandbox and all that it owned are gone. */
  end(record: SessionRecord, change: EndChange = {}): Promise<void> {
    const under = this.#ends.get(record.id)
    if (under) return under
    const done = this.#endNow(record, change).finally(() => this.#ends.delete(record.id))
    this.#ends.set(record.id, done)
    return done
  }

  /** Resolves when nothing ends any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#ends.values())
  }

  async #endNow({ id, lab, sandbox, state }: SessionRecord, change: EndChange): Promise<void> {
    const { store, clock, log, live, companion, changed, starts, removal, queue } = this.#deps
    if (state === 'ended' || state === 'failed') return
    try {
      const ending = await store.changeSession(id, openStates, {
        ...change,
        state: 'ending',
        engineReady: false,
      })
      if (!ending) return
      changed(id)
    } catch (err) {
      // On a full disk ending a session is what makes room, so it is done all the same.
      log.warn({ err, session: id }, 'that a session ends could not be recorded')
    }
    const over = new DrydockError('session-over')
    await starts.abort(id, over)
    await live.settled(id)
    await companion.stop(id, over)
    const was = await live.letGo(id, over)
    // A reset may have given it another meanwhile.
    const now = (await store.session(id).catch(() => undefined))?.sandbox ?? sandbox
    await removal.remove(now, was?.sandbox.id === now ? was.sandbox : undefined)
    await companion
      .forget(id)
      .catch((err: unknown) =>
        log.warn(
          { err, session: id },
          'checkpoints of an ended session are left; the next sweep removes them',
        ),
      )
    await store.changeSession(id, openStates, { state: 'ended', engineReady: false, endedAt: clock.now() })
    log.info({ session: id, lab, sandbox: now }, 'a session has ended')
    changed(id)
    queue.check()
  }
}
