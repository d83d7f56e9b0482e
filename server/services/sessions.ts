import { randomBytes } from 'node:crypto'
import type { Lab } from '../../labs/lab-schema.ts'
import type { Clock } from '../clock.ts'
import type { Session, SessionSummary } from '../contract/session.ts'
import { DrydockError } from '../errors.ts'
import type { SandboxSize } from '../sandbox/sandbox-driver.ts'
import { newSandboxId } from '../sandbox/sandbox-id.ts'
import type { Store, UserRecord } from '../store/store.ts'
import type { Access } from './access.ts'
import type { Answers } from './answers.ts'
import type { Catalogue } from './catalogue.ts'
import type { SessionEnds } from './session-ends.ts'
import { sizeFor } from './session-size.ts'
import type { SessionStarts } from './session-starts.ts'
import { type SessionTimes, timesFor } from './session-times.ts'
import type { SessionViews } from './session-views.ts'
import type { StartQueue } from './start-queue.ts'
import type { Workplaces } from './workplaces.ts'

/** Open sessions of one person: each takes a sandbox of 1 GB at most. */
const MAX_OPEN_SESSIONS = 5

export interface SessionsDeps {
  store: Store
  clock: Clock
  access: Access
  catalogue: Catalogue
  /** The lab images of a sandbox that is made now: the name that a student sees to the id. */
  images: ReadonlyMap<string, string>
  answers: Answers
  views: SessionViews
  queue: StartQueue
  starts: SessionStarts
  ends: SessionEnds
  workplaces: Workplaces
  /** Those of the installation. */
  times: SessionTimes
  /** The most that a sandbox of the installation gets. */
  cap: SandboxSize
  /** The session's record has changed. */
  changed: (id: string) => void
  /** Throws while the host engine cannot be used. */
  requireEngine: () => void
  /** Resolves when what follows the session's submission is done; at once when nothing does. */
  finished: (session: string) => Promise<void>
}

/** What a person does with a session as a whole, from its request to its end. */
export class Sessions {
  readonly #deps: SessionsDeps

  constructor(deps: SessionsDeps) {
    this.#deps = deps
  }

  /** Asks for a session; the start goes on by itself. Answers with the open one (`created: false`) when there is one for that lab. Throws `lab-unknown`, `lab-invalid`, `session-limit`, `engine-unreachable`, `images-not-ready`. */
  async start(user: UserRecord, slug: string): Promise<{ session: Session; created: boolean }> {
    return this.#request(user, slug)
  }

  /** Throws the sandbox away and starts the lab anew, in a session of its own that has its seat; verdicts and evidence stay with this one. Throws `session-unknown`, and as `start` does: then nothing has changed. */
  async startAnew(user: UserRecord, id: string): Promise<Session> {
    const { lab } = await this.#deps.access.session(user, id)
    this.#startable(lab)
    using _held = this.#deps.queue.hold()
    await this.end(user, id)
    return (await this.#request(user, lab, true)).session
  }

  /** Throws `session-unknown`. */
  async get(user: UserRecord, id: string): Promise<Session> {
    return this.#deps.views.of(await this.#deps.access.session(user, id))
  }

  /** The user's sessions, the newest first. */
  async list(user: UserRecord): Promise<SessionSummary[]> {
    return this.#deps.views.list(user.id)
  }

  /** Ends the session; resolves when its sandbox and all that it owned are gone. */
  async end(user: UserRecord, id: string): Promise<Session> {
    const record = await this.#deps.access.session(user, id)
    await this.#deps.finished(id)
    await this.#deps.ends.end(record)
    return this.get(user, id)
  }

  /**
   * Adds to the session's time, unless it was extended more than `extended` times already. Throws as `Workplaces.ready` does, and
   * `extension-none`.
   */
  async extend(user: UserRecord, id: string, extended: number): Promise<Session> {
    const { store, changed, times, workplaces } = this.#deps
    const { lab, live } = await workplaces.ready(user, id)
    const { extension, extensions } = timesFor(lab, times)
    const record = await store.session(live.record.id)
    if (record?.endsAt && record.extended === extended) {
      if (extended >= extensions) throw new DrydockError('extension-none')
      const change = { endsAt: record.endsAt + extension, extended: extended + 1 }
      await store.changeSession(id, ['ready'], change)
      changed(id)
    }
    return this.get(user, id)
  }

  /** Keeps an answer to a task's field. Throws as `Workplaces.ready` does, and `task-unknown`, `answer-field-unknown`, `answer-too-long`, `request-invalid`. */
  async answer(
    user: UserRecord,
    id: string,
    given: { task: string; field: string; value: string },
  ): Promise<Session> {
    const { live, lab } = await this.#deps.workplaces.ready(user, id)
    await this.#deps.answers.give(live.record, lab, given)
    return this.get(user, id)
  }

  #startable(slug: string): Lab {
    const { catalogue, requireEngine, images } = this.#deps
    const lab = catalogue.lab(slug)
    requireEngine()
    if (!lab.images.every(({ name }) => images.has(name))) throw new DrydockError('images-not-ready')
    return lab
  }

  /** `first`: before all who wait. */
  async #request(
    user: UserRecord,
    slug: string,
    first = false,
  ): Promise<{ session: Session; created: boolean }> {
    const { store, clock, starts, ends, views } = this.#deps
    const lab = this.#startable(slug)
    const wanted = {
      id: randomBytes(12).toString('hex'),
      owner: user.id,
      lab: slug,
      labHash: lab.contentHash,
      sandbox: newSandboxId(),
      seed: randomBytes(16).toString('hex'),
      createdAt: clock.now(),
      size: sizeFor(lab, this.#deps.cap),
    }
    const added = await store.addSession(wanted, MAX_OPEN_SESSIONS)
    if (added.outcome === 'limit') throw new DrydockError('session-limit')
    if (added.outcome === 'open' && added.session.state === 'ending') {
      await ends.end(added.session)
      return this.#request(user, slug, first)
    }
    if (added.outcome === 'created') starts.launch(added.session, lab, first)
    return { session: await views.of(added.session), created: added.outcome === 'created' }
  }
}
