import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import type { SessionRecord, Store, UserRecord } from '../store/store.ts'

export interface AccessDeps {
  store: Pick<Store, 'session'>
  clock: Clock
  /** So long after its end students may read what came of the session, in milliseconds; 0 for good. */
  graceOf: (session: SessionRecord) => number
}

/** The one place that says who may do what. */
export class Access {
  readonly #deps: AccessDeps

  constructor(deps: AccessDeps) {
    this.#deps = deps
  }

  /** The session if this user may see and use it. Throws `session-unknown`, the same for one of somebody else as for none, and `results-closed`. */
  async session(user: UserRecord, id: string): Promise<SessionRecord> {
    const session = await this.#deps.store.session(id)
    if (!session || !mayUse(user, session)) throw new DrydockError('session-unknown')
    if (user.role === 'student' && this.#isClosed(session)) throw new DrydockError('results-closed')
    return session
  }

  #isClosed(session: SessionRecord): boolean {
    const { clock, graceOf } = this.#deps
    const grace = graceOf(session)
    return grace > 0 && session.endedAt !== null && clock.now() > session.endedAt + grace
  }
}

/** A session is its owner's alone; roles open nothing here as long as there are no cohorts. */
function mayUse(user: UserRecord, session: SessionRecord): boolean {
  return session.owner === user.id
}
