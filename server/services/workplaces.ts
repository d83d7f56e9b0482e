import type { Lab } from '../../labs/lab-schema.ts'
import { DrydockError } from '../errors.ts'
import type { Store, UserRecord } from '../store/store.ts'
import type { Access } from './access.ts'
import type { Catalogue } from './catalogue.ts'
import type { IdleWatch } from './idle-watch.ts'
import type { LiveSession } from './live-session.ts'
import type { LiveSessions } from './live-sessions.ts'

/** Where a student works: what runs for the session, and the lab that it is about. */
export interface Workplace {
  live: LiveSession
  lab: Lab
}

export interface WorkplacesDeps {
  store: Store
  access: Access
  catalogue: Catalogue
  idle: IdleWatch
  live: LiveSessions
  /** Throws while the host engine cannot be used. */
  requireEngine: () => void
}

/** Finds what runs for a session, takes it up if need be, and wakes it. */
export class Workplaces {
  readonly #deps: WorkplacesDeps

  constructor(deps: WorkplacesDeps) {
    this.#deps = deps
  }

  /** What runs for the session, once its engine answers. Throws `session-unknown`, `session-not-ready`, `session-over`. */
  async live(user: UserRecord, id: string): Promise<LiveSession> {
    const record = await this.#deps.access.session(user, id)
    if (record.state === 'ending' || record.state === 'ended' || record.state === 'failed') {
      throw new DrydockError('session-over')
    }
    const live = this.#deps.live.get(id)
    if (live) {
      this.#deps.idle.touch(id)
      await live.unpause()
      return live
    }
    this.#deps.requireEngine()
    const takenUp = record.state === 'ready' ? await this.#deps.live.takeUp(record) : undefined
    if (!takenUp) throw new DrydockError('session-not-ready')
    return takenUp
  }

  /** The session while the student may work in it: the lab is prepared and nothing was submitted. Throws as `live` does, and `session-submitted`. */
  async ready(user: UserRecord, id: string): Promise<Workplace> {
    await this.#deps.access.session(user, id)
    if (await this.#deps.store.submission(id)) throw new DrydockError('session-submitted')
    return this.prepared(user, id)
  }

  /** The same, whether or not it was submitted. */
  async prepared(user: UserRecord, id: string): Promise<Workplace> {
    const live = await this.live(user, id)
    const record = await this.#deps.access.session(user, id)
    if (record.state !== 'ready') throw new DrydockError('session-not-ready')
    return { live, lab: this.#deps.catalogue.begun(record.lab) }
  }

  /** The session as it runs on this server, while students may work in it and somebody may be there. Who asks is not its question. */
  async running(id: string): Promise<Workplace | undefined> {
    const record = this.#deps.live.get(id) && (await this.#deps.store.session(id))
    const live = this.#deps.live.get(id)
    const lab = this.#deps.live.labOf(id)
    if (record?.state !== 'ready' || !live || live.paused || !lab) return undefined
    return (await this.#deps.store.submission(id)) ? undefined : { live, lab }
  }

  /** Somebody looks at the session until this is disposed of: until then its sandbox does not stand still. Resolves when it goes on. */
  async attend(id: string): Promise<Disposable> {
    const attended = this.#deps.idle.attend(id)
    try {
      await this.#deps.live.get(id)?.unpause()
      return attended
    } catch (error) {
      attended[Symbol.dispose]()
      throw error
    }
  }

  /** What runs for the session, which is taken up if it can be; undefined when it is over. Throws what keeps it from going on. */
  async liveOf(id: string): Promise<LiveSession | undefined> {
    const record = await this.#deps.store.session(id)
    const live = record?.state === 'ready' ? await this.#deps.live.takeUp(record) : undefined
    await live?.unpause()
    return live
  }
}
