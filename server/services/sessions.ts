import { randomBytes } from 'node:crypto'
import type { Lab } from '../../labs/lab-schema.ts'
import type { Session, SessionSummary } from '../contract/session.ts'
import { DrydockError } from '../errors.ts'
import { newSandboxId } from '../sandbox/sandbox-id.ts'
import { openStates, type SessionChange, type SessionRecord, type UserRecord } from '../store/store.ts'
import type { Access } from './access.ts'
import type { Answers } from './answers.ts'
import type { Catalogue } from './catalogue.ts'
import type { IdleWatch } from './idle-watch.ts'
import type { LiveSession } from './live-session.ts'
import type { LiveSessions } from './live-sessions.ts'
import type { SandboxRemoval } from './sandbox-removal.ts'
import { SessionStarter, type StarterDeps } from './session-starter.ts'
import { timesFor } from './session-times.ts'
import type { SessionViews } from './session-views.ts'
import type { StartQueue } from './start-queue.ts'

/** Open sessions of one person: each takes a sandbox of 1 GB at most. */
const MAX_OPEN_SESSIONS = 5
/** Sessions taken up at the same time after a restart: each may have to start its sandbox again. */
const TAKEN_UP_AT_ONCE = 4
const INTERRUPTED = 'The server stopped while the sandbox was starting.'

export interface SessionsDeps extends StarterDeps {
  access: Access
  catalogue: Catalogue
  answers: Answers
  views: SessionViews
  removal: SandboxRemoval
  queue: StartQueue
  idle: IdleWatch
  live: LiveSessions
  companion: SessionCompanion
  /** Throws while the host engine cannot be used. */
  requireEngine: () => void
  /** Resolves when what follows the session's submission is done; at once when nothing does. */
  finished: (session: string) => Promise<void>
}

/** What else a session has that outlives a server: checkpoints, and resets on their way. */
export interface SessionCompanion {
  /** Undoes or goes on with what an earlier server left half done; called before what belongs to no session is removed. */
  recover(): Promise<void>
  /** The session was taken up after an earlier server. */
  takenUp(session: string): void
  /** Ends what goes on for the session, which then has one sandbox. */
  stop(session: string, reason: DrydockError): Promise<void>
  stopAll(reason: DrydockError): Promise<void>
  /** The session is over. */
  forget(session: string): Promise<void>
}

interface Start {
  abort: AbortController
  done: Promise<void>
}

/** Sessions from their request to their end. */
export class Sessions {
  readonly #deps: SessionsDeps
  readonly #starter: SessionStarter
  readonly #starts = new Map<string, Start>()
  readonly #ends = new Map<string, Promise<void>>()
  #closing = false

  constructor(deps: SessionsDeps) {
    this.#deps = deps
    this.#starter = new SessionStarter(deps)
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
    const { store, clock } = this.#deps
    const lab = this.#startable(slug)
    const wanted = {
      id: randomBytes(12).toString('hex'),
      owner: user.id,
      lab: slug,
      labHash: lab.contentHash,
      sandbox: newSandboxId(),
      seed: randomBytes(16).toString('hex'),
      createdAt: clock.now(),
    }
    const added = await store.addSession(wanted, MAX_OPEN_SESSIONS)
    if (added.outcome === 'limit') throw new DrydockError('session-limit')
    if (added.outcome === 'open' && added.session.state === 'ending') {
      await this.#end(added.session)
      return this.#request(user, slug, first)
    }
    if (added.outcome === 'created') this.#launch(added.session, lab, first)
    return { session: await this.#deps.views.of(added.session), created: added.outcome === 'created' }
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
    await this.#end(record)
    return this.get(user, id)
  }

  /** The session with what runs for it, once its engine answers. Throws `session-not-ready`, `session-over`. */
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

  /** The same, while the student may work in it: the lab is prepared and nothing was submitted. Throws `session-submitted` too. */
  async ready(user: UserRecord, id: string): Promise<{ live: LiveSession; lab: Lab }> {
    await this.#deps.access.session(user, id)
    if (await this.#deps.store.submission(id)) throw new DrydockError('session-submitted')
    return this.workplace(user, id)
  }

  /** The same, whether or not it was submitted. */
  async workplace(user: UserRecord, id: string): Promise<{ live: LiveSession; lab: Lab }> {
    const live = await this.live(user, id)
    const record = await this.#deps.access.session(user, id)
    if (record.state !== 'ready') throw new DrydockError('session-not-ready')
    return { live, lab: this.#deps.catalogue.begun(record.lab) }
  }

  /** The session as it runs on this server, while students may work in it and somebody may be there. Who asks is not its question. */
  async running(id: string): Promise<{ live: LiveSession; lab: Lab } | undefined> {
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

  /** Ends a session that was submitted; resolves when its sandbox is gone. */
  async endSubmitted(id: string): Promise<void> {
    const record = await this.#deps.store.session(id)
    if (record) await this.#end(record)
  }

  /**
   * Adds to the session's time, unless it was extended more than `extended` times already. Throws as `ready` does, and
   * `extension-none`.
   */
  async extend(user: UserRecord, id: string, extended: number): Promise<Session> {
    const { store, changed, times } = this.#deps
    const { lab, live } = await this.ready(user, id)
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

  /** Ends a session whose time is over; resolves when its sandbox is gone. */
  async endOutOfTime(record: SessionRecord): Promise<void> {
    await this.#end(record, { outOfTime: true })
  }

  /** Keeps an answer to a task's field. Throws as `ready` does, and `task-unknown`, `answer-field-unknown`, `answer-too-long`, `request-invalid`. */
  async answer(
    user: UserRecord,
    id: string,
    given: { task: string; field: string; value: string },
  ): Promise<Session> {
    const { live, lab } = await this.ready(user, id)
    await this.#deps.answers.give(live.record, lab, given)
    return this.get(user, id)
  }

  /**
   * Takes up the open sessions of an earlier server, or after the host engine was away: those that wait keep their place, half-made and ending ones are
   * removed, and so is every sandbox that belongs to none; ready ones go on. Resolves when a new session may be started.
   */
  async resume(): Promise<void> {
    const { store, log, live, companion } = this.#deps
    await companion.recover()
    const open = (await store.openSessions()).filter(({ id }) => !this.#starts.has(id) && !this.#ends.has(id))
    const ready = open.filter(({ state }) => state === 'ready')
    await this.#deps.removal.sweep(
      open.filter(({ state }) => state !== 'ready').map(({ sandbox }) => sandbox),
    )
    for (const record of open) {
      if (record.state === 'ending') await this.#end(record)
      else if (record.state === 'requested') this.#queueAgain(record)
      else if (record.state !== 'ready')
        await this.fail(record.id, new DrydockError('sandbox-failed', INTERRUPTED))
    }
    const takeUp = async () => {
      for (let record = ready.shift(); record; record = ready.shift()) {
        if (await live.takeUp(record)) companion.takenUp(record.id)
      }
    }
    for (let i = 0; i < TAKEN_UP_AT_ONCE; i += 1) {
      takeUp().catch((err: unknown) => log.warn({ err }, 'a session could not be taken up yet'))
    }
  }

  /** The server stops before its turn has come: it keeps its place in line. */
  async #waitsOn(id: string): Promise<boolean> {
    return this.#closing && (await this.#deps.store.session(id))?.state === 'requested'
  }

  /** Nothing was made of it yet. */
  #queueAgain(record: SessionRecord): void {
    const lab = this.#deps.catalogue.find(record.lab)
    if (lab) this.#launch(record, lab)
    else void this.fail(record.id, new DrydockError('lab-invalid')).catch(() => undefined)
  }

  /** Lets go of all sessions, which go on; what is still starting is undone. */
  async close(): Promise<void> {
    this.#closing = true
    const starts = [...this.#starts.values()]
    const stopped = new DrydockError('sandbox-failed', 'The server was stopped.')
    for (const { abort } of starts) abort.abort(stopped)
    await Promise.all(starts.map(({ done }) => done))
    await this.#deps.companion.stopAll(stopped)
    await this.#deps.live.close(stopped)
    await Promise.allSettled(this.#ends.values())
  }

  #launch(record: SessionRecord, lab: Lab, first = false): void {
    const abort = new AbortController()
    const { live, log, queue } = this.#deps
    const done = this.#startInTurn(record, lab, { signal: abort.signal, first })
      .catch(async (error: unknown) => {
        await live.letGo(record.id)
        if (!(await this.#waitsOn(record.id))) await this.fail(record.id, error)
      })
      .catch((err: unknown) => log.error({ err, session: record.id }, 'a failed start could not be recorded'))
      .finally(() => {
        this.#starts.delete(record.id)
        queue.check()
      })
    this.#starts.set(record.id, { abort, done })
  }

  /** The turn is over when the engine answers: the lab's own preparation holds nobody up. */
  async #startInTurn(
    record: SessionRecord,
    lab: Lab,
    { signal, first }: { signal: AbortSignal; first: boolean },
  ): Promise<void> {
    const { live, queue, removal } = this.#deps
    using turn = await queue.turn(record.id, signal, first)
    await removal.swept
    await this.#starter.start(record, lab, {
      events: live.eventsOf(record),
      signal,
      engineReady: (started) => live.add(started),
      begun: () => turn[Symbol.dispose](),
    })
  }

  #end(record: SessionRecord, change: Pick<SessionChange, 'outOfTime'> = {}): Promise<void> {
    const under = this.#ends.get(record.id)
    if (under) return under
    const done = this.#endNow(record, change).finally(() => this.#ends.delete(record.id))
    this.#ends.set(record.id, done)
    return done
  }

  async #endNow(
    { id, sandbox, state }: SessionRecord,
    change: Pick<SessionChange, 'outOfTime'>,
  ): Promise<void> {
    const { store, clock, log, live, companion, changed } = this.#deps
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
    const start = this.#starts.get(id)
    start?.abort.abort(over)
    await start?.done
    await live.settled(id)
    await companion.stop(id, over)
    const was = await live.letGo(id, over)
    // A reset may have given it another meanwhile.
    const now = (await store.session(id).catch(() => undefined))?.sandbox ?? sandbox
    await this.#deps.removal.remove(now, was?.sandbox.id === now ? was.sandbox : undefined)
    await companion
      .forget(id)
      .catch((err: unknown) =>
        log.warn(
          { err, session: id },
          'checkpoints of an ended session are left; the next sweep removes them',
        ),
      )
    await store.changeSession(id, openStates, { state: 'ended', engineReady: false, endedAt: clock.now() })
    changed(id)
    this.#deps.queue.check()
  }

  /** The session has failed; what it had is not removed here. */
  async fail(id: string, error: unknown): Promise<void> {
    const { store, clock, log, changed } = this.#deps
    const fault =
      error instanceof DrydockError ? error : new DrydockError('internal', undefined, { cause: error })
    log.warn({ err: error, session: id }, 'a session failed')
    const problem = { code: fault.code, detail: fault.message }
    const change = { state: 'failed', problem, engineReady: false, endedAt: clock.now() } as const
    if (await store.changeSession(id, ['requested', 'starting', 'ready'], change)) changed(id)
  }
}
