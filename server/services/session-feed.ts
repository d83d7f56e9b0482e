import type { NoticeCode } from '../contract/realtime.ts'
import type { Session } from '../contract/session.ts'
import type { Log } from '../log.ts'

/** Something a student should know, such as that there is no registry to pull from. */
export interface Notice {
  session: string
  code: NoticeCode
  text: string
}

interface Listener {
  session(session: Session): void
  notice(notice: Notice): void
}

/** Tells whoever listens how sessions change. Changes in quick succession are told as one, and never in the wrong order. */
export class SessionFeed {
  readonly #view: (id: string) => Promise<Session | undefined>
  readonly #log: Log
  readonly #listeners = new Set<Listener>()
  /** Sessions whose view is being read; true when they changed again meanwhile. */
  readonly #telling = new Map<string, boolean>()

  constructor(deps: { view: (id: string) => Promise<Session | undefined>; log: Log }) {
    this.#view = deps.view
    this.#log = deps.log
  }

  /** Answers with the way to stop listening. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The session has changed. */
  changed(id: string): void {
    if (this.#telling.has(id)) this.#telling.set(id, true)
    else void this.#tell(id)
  }

  notice(notice: Notice): void {
    for (const listener of this.#listeners) listener.notice(notice)
  }

  async #tell(id: string): Promise<void> {
    try {
      do {
        this.#telling.set(id, false)
        const session = await this.#view(id)
        if (session) for (const listener of this.#listeners) listener.session(session)
      } while (this.#telling.get(id))
    } catch (error) {
      this.#log.warn({ err: error, session: id }, 'a change of a session could not be told')
    } finally {
      this.#telling.delete(id)
    }
  }
}
