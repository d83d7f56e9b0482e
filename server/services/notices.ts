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

  /** After a reset, what the lab starts by itself did not start. */
  resumeFailed(session: string, err: unknown): void {
    const { feed, log } = this.#deps
    log.warn({ err, session }, 'a lab was not made to run again after a reset')
    const text =
      'Your machine was set back, but what the lab starts by itself could not be started. Start it by hand, or set the machine back again.'
    feed.notice({ session, code: 'resume-failed', text })
  }
}
