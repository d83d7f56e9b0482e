import type { DrydockError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { UserRecord } from '../store/store.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { SessionCompanion } from './session-companion.ts'
import type { SessionReset } from './session-reset.ts'
import type { Turns } from './turns.ts'
import type { Workplaces } from './workplaces.ts'

export interface ResetsDeps {
  log: Log
  turns: Turns
  checkpoints: Checkpoints
  reset: SessionReset
  workplaces: Workplaces
}

/** Who asks for a reset, and what becomes of checkpoints and resets when servers and sessions end. */
export class Resets implements SessionCompanion {
  readonly #deps: ResetsDeps

  constructor(deps: ResetsDeps) {
    this.#deps = deps
  }

  /** Sets the session back; resolves when it can be used again. Throws as `Workplaces.ready` does, `checkpoint-unknown`, and as `SessionReset.run` does. */
  async reset(user: UserRecord, session: string, checkpoint: string): Promise<void> {
    const { turns, checkpoints, reset, workplaces, log } = this.#deps
    await workplaces.ready(user, session)
    await checkpoints.find(session, checkpoint)
    const { promise: back, resolve, reject } = Promise.withResolvers<void>()
    const over = turns.run(session, async () =>
      reset.run(await workplaces.ready(user, session), await checkpoints.find(session, checkpoint), resolve),
    )
    over.catch((err: unknown) => {
      log.warn({ err, session }, 'a reset did not end well')
      reject(err)
    })
    await back
  }

  async recover(): Promise<void> {
    await this.#deps.reset.recover()
    await this.#deps.checkpoints.recover()
  }

  takenUp(session: string): void {
    const { turns, reset, log } = this.#deps
    turns
      .run(session, () => reset.carryOn(session))
      .catch((err: unknown) => log.warn({ err, session }, 'a reset could not be ended'))
  }

  stop(session: string, reason: DrydockError): Promise<void> {
    return this.#deps.reset.stop(session, reason)
  }

  stopAll(reason: DrydockError): Promise<void> {
    return this.#deps.reset.stopAll(reason)
  }

  forget(session: string): Promise<void> {
    return this.#deps.checkpoints.forget(session)
  }
}
