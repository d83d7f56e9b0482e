import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import type { Catalogue } from './catalogue.ts'
import type { SessionFeed } from './session-feed.ts'

export interface NoticesDeps {
  store: Pick<Store, 'session'>
  catalogue: Catalogue
  feed: Pick<SessionFeed, 'notice'>
  log: Log
}

/** What the page tells a student once, when it happens. */
export class Notices {
  readonly #deps: NoticesDeps
  /** Sessions that were told that their engine does not answer. */
  readonly #silent = new Set<string>()

  constructor(deps: NoticesDeps) {
    this.#deps = deps
  }

  /** Somebody tried to pull an image. */
  async pullFailed(session: string): Promise<void> {
    const { store, catalogue, feed } = this.#deps
    const record = await store.session(session).catch(() => undefined)
    const lab = record && catalogue.find(record.lab)
    if (!lab) return
    const names = lab.images.map(({ name }) => name).join(', ')
    const text = `There is no internet in here, so nothing can be pulled. These images are already on your machine: ${names}.`
    feed.notice({ session, code: 'pull-failed', text })
  }

  /** The student's engine does not answer any more: it was killed, or ended for want of memory. */
  engineSilent(session: string): void {
    this.#silent.add(session)
    const text =
      'Your Docker engine does not answer. It is being started again; your terminals go on, and checks wait for it.'
    this.#deps.feed.notice({ session, code: 'engine-silent', text })
  }

  /** It answers: worth a word when it did not before. */
  engineAnswers(session: string): void {
    if (!this.#silent.delete(session)) return
    const text =
      'Your Docker engine is up again. Containers have ended, but for those with a restart policy; your files and terminals are as they were.'
    this.#deps.feed.notice({ session, code: 'engine-back', text })
  }

  /** The session is no longer followed here. */
  left(session: string): void {
    this.#silent.delete(session)
  }

  /** After a reset, what the lab starts by itself did not start. */
  resumeFailed(session: string, err: unknown): void {
    const { feed, log } = this.#deps
    log.warn({ err, session }, 'a lab was not made to run again after a reset')
    const text =
      'Your machine was set back, but what the lab starts by itself could not be started. Start it by hand, or set the machine back again.'
    feed.notice({ session, code: 'resume-failed', text })
  }
}
