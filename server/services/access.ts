import { DrydockError } from '../errors.ts'
import type { SessionRecord, Store, UserRecord } from '../store/store.ts'

/** The one place that says who may do what. */
export class Access {
  readonly #store: Store

  constructor(deps: { store: Store }) {
    this.#store = deps.store
  }

  /** The session if this user may see and use it. Throws `session-unknown`, the same for one of somebody else as for none. */
  async session(user: UserRecord, id: string): Promise<SessionRecord> {
    const session = await this.#store.session(id)
    if (!session || !mayUse(user, session)) throw new DrydockError('session-unknown')
    return session
  }
}

/** A session is its owner's alone; roles open nothing here as long as there are no cohorts. */
function mayUse(user: UserRecord, session: SessionRecord): boolean {
  return session.owner === user.id
}
