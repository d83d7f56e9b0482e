import { randomBytes } from 'node:crypto'
import type { JournalRow } from '../../checks/check.ts'
import type { Lab } from '../../labs/lab-schema.ts'
import type { Session, SessionSummary } from '../contract/session.ts'
import { DrydockError } from '../errors.ts'
import { openStates, type SessionRecord, type UserRecord } from '../store/store.ts'
import { hangUpShells } from '../terminal/hang-up.ts'
import type { TerminalRegistry } from '../terminal/terminal-registry.ts'
import type { Access } from './access.ts'
import type { Answers } from './answers.ts'
import type { Catalogue } from './catalogue.ts'
import { type LiveDeps, type LiveEvents, LiveSession } from './live-session.ts'
import type { SandboxRemoval } from './sandbox-removal.ts'
import { SessionStarter } from './session-starter.ts'
import type { SessionViews } from './session-views.ts'

/** Open sessions of one person: each takes a sandbox of 1 GB at most. */
const MAX_OPEN_SESSIONS = 5
/** Sessions taken up at the same time after a restart: each may have to start its sandbox again. */
const TAKEN_UP_AT_ONCE = 4
const INTERRUPTED = 'The server stopped while the sandbox was starting.'

export interface SessionsDeps extends LiveDeps {
  access: Access
  catalogue: Catalogue
  answers: Answers
  views: SessionViews
  removal: SandboxRemoval
  terminals: TerminalRegistry
  /** Throws while the host engine cannot be used. */
  requireEngine: () => void
  changed: (session: string) => void
  watcher: SessionWatcher
}

/** Follows what happens in sessions that run on this server. */
export interface SessionWatcher {
  rows(session: string, rows: readonly JournalRow[]): void
  answers(session: string): void
  /** The session goes on after a time in which no server followed it. */
  takenUp(session: string): void
  /** The session is no longer followed here. */
  left(session: string): void
}

interface Start {
  abort: AbortController
  done: Promise<void>
}

/** Sessions from their request to their end. */
export class Sessions {
  readonly #deps: SessionsDeps
  readonly #starter: SessionStarter
  readonly #live = new Map<string, LiveSession>()
  readonly #starts = new Map<string, Start>()
  readonly #ends = new Map<string, Promise<void>>()
  readonly #takingUp = new Map<string, Promise<LiveSession | undefined>>()
  #closing = false

  constructor(deps: SessionsDeps) {
    this.#deps = deps
    this.#starter = new SessionStarter(deps)
  }

  /** Asks for a session; the start goes on by itself. Answers with the open one (`created: false`) when there is one for that lab. Throws `lab-unknown`, `lab-invalid`, `session-limit`, `engine-unreachable`. */
  async start(user: UserRecord, slug: string): Promise<{ session: Session; created: boolean }> {
    const { catalogue, requireEngine, store, clock } = this.#deps
    const lab = catalogue.lab(slug)
    requireEngine()
    const wanted = {
      id: randomBytes(12).toString('hex'),
      owner: user.id,
      lab: slug,
      labHash: lab.contentHash,
      sandbox: randomBytes(8).toString('hex'),
      seed: randomBytes(16).toString('hex'),
      createdAt: clock.now(),
    }
    const added = await store.addSession(wanted, MAX_OPEN_SESSIONS)
    if (added.outcome === 'limit') throw new DrydockError('session-limit')
    if (added.outcome === 'open' && added.session.state === 'ending') {
      await this.#end(added.session)
      return this.start(user, slug)
    }
    if (added.outcome === 'created') this.#launch(added.session, lab)
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
    await this.#end(record)
    return this.get(user, id)
  }

  /** The session with what runs for it, once its engine answers. Throws `session-not-ready`, `session-over`. */
  async live(user: UserRecord, id: string): Promise<LiveSession> {
    const record = await this.#deps.access.session(user, id)
    if (record.state === 'ending' || record.state === 'ended' || record.state === 'failed') {
      throw new DrydockError('session-over')
    }
    const live = this.#live.get(id)
    if (live) return live
    this.#deps.requireEngine()
    const takenUp = record.state === 'ready' ? await this.#takeUp(record) : undefined
    if (!takenUp) throw new DrydockError('session-not-ready')
    return takenUp
  }

  /** The same, once the lab is prepared. */
  async ready(user: UserRecord, id: string): Promise<{ live: LiveSession; lab: Lab }> {
    const live = await this.live(user, id)
    const record = await this.#deps.access.session(user, id)
    if (record.state !== 'ready') throw new DrydockError('session-not-ready')
    return { live, lab: this.#deps.catalogue.lab(record.lab) }
  }

  /** The lab of a session that runs on this server, if it is there and valid. */
  labOf(id: string): Lab | undefined {
    const live = this.#live.get(id)
    return live && this.#deps.catalogue.find(live.record.lab)
  }

  /** The session as it runs on this server, while students may work in it. Who asks is not its question. */
  async running(id: string): Promise<{ live: LiveSession; lab: Lab } | undefined> {
    const record = this.#live.has(id) ? await this.#deps.store.session(id) : undefined
    const live = this.#live.get(id)
    const lab = this.labOf(id)
    return record?.state === 'ready' && live && lab ? { live, lab } : undefined
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
   * Takes up the open sessions of an earlier server, or after the host engine was away: half-made and ending ones are
   * removed, and so is every sandbox that belongs to none; ready ones go on. Resolves when a new session may be started.
   */
  async resume(): Promise<void> {
    const { store, log } = this.#deps
    const open = (await store.openSessions()).filter(({ id }) => !this.#starts.has(id) && !this.#ends.has(id))
    const ready = open.filter(({ state }) => state === 'ready')
    await this.#deps.removal.sweep(
      open.filter(({ state }) => state !== 'ready').map(({ sandbox }) => sandbox),
    )
    for (const record of open) {
      if (record.state === 'ending') await this.#end(record)
      else if (record.state !== 'ready')
        await this.#fail(record.id, new DrydockError('sandbox-failed', INTERRUPTED))
    }
    const takeUp = async () => {
      for (let record = ready.shift(); record; record = ready.shift()) await this.#takeUp(record)
    }
    for (let i = 0; i < TAKEN_UP_AT_ONCE; i += 1) {
      takeUp().catch((err: unknown) => log.warn({ err }, 'a session could not be taken up yet'))
    }
  }

  /** Lets go of all sessions, which go on; what is still starting is undone. */
  async close(): Promise<void> {
    this.#closing = true
    const starts = [...this.#starts.values()]
    const stopped = new DrydockError('sandbox-failed', 'The server was stopped.')
    for (const { abort } of starts) abort.abort(stopped)
    await Promise.all(starts.map(({ done }) => done))
    await Promise.allSettled(this.#takingUp.values())
    await this.#deps.terminals.closeAll()
    await Promise.all([...this.#live.values()].map((live) => live.close(stopped)))
    this.#live.clear()
    await Promise.allSettled(this.#ends.values())
  }

  #launch(record: SessionRecord, lab: Lab): void {
    const abort = new AbortController()
    const engineReady = (live: LiveSession) => this.#live.set(record.id, live)
    const done = this.#deps.removal.swept
      .then(() =>
        this.#starter.start(record, lab, {
          events: this.#eventsOf(record),
          signal: abort.signal,
          engineReady,
        }),
      )
      .catch(async (error: unknown) => {
        this.#forget(record.id)
        await this.#deps.terminals.closeSession(record.id)
        await this.#fail(record.id, error)
      })
      .catch((err: unknown) =>
        this.#deps.log.error({ err, session: record.id }, 'a failed start could not be recorded'),
      )
      .finally(() => this.#starts.delete(record.id))
    this.#starts.set(record.id, { abort, done })
  }

  /** The session as it goes on, or undefined when it turned out to be lost. Throws what kept it from going on. */
  #takeUp(record: SessionRecord): Promise<LiveSession | undefined> {
    const known = this.#takingUp.get(record.id)
    if (known) return known
    const taken = this.#takeUpNow(record).finally(() => this.#takingUp.delete(record.id))
    this.#takingUp.set(record.id, taken)
    return taken
  }

  async #takeUpNow(record: SessionRecord): Promise<LiveSession | undefined> {
    const { driver, log, watcher } = this.#deps
    const known = this.#live.get(record.id)
    if (known) return known
    try {
      const found = await driver.get(record.sandbox)
      const state = (await found?.state()) ?? 'gone'
      if (!found || state === 'gone') throw new DrydockError('sandbox-gone')
      const sandbox = state === 'stopped' ? await driver.restart(record.sandbox) : found
      await hangUpShells(sandbox)
      const live = await LiveSession.begin(this.#deps, record, sandbox, this.#eventsOf(record))
      this.#live.set(record.id, live)
      watcher.takenUp(record.id)
      log.info({ session: record.id, restarted: state === 'stopped' }, 'a session goes on')
      return live
    } catch (error) {
      // Any other fault may pass, and the student's work is in there: who asks next tries again.
      if (!(error instanceof DrydockError) || error.code !== 'sandbox-gone') throw error
      await this.#fail(record.id, error)
      await this.#deps.removal.remove(record.sandbox)
      return undefined
    }
  }

  #end(record: SessionRecord): Promise<void> {
    const under = this.#ends.get(record.id)
    if (under) return under
    const done = this.#endNow(record).finally(() => this.#ends.delete(record.id))
    this.#ends.set(record.id, done)
    return done
  }

  async #endNow({ id, sandbox, state }: SessionRecord): Promise<void> {
    const { store, clock, log, terminals, changed } = this.#deps
    if (state === 'ended' || state === 'failed') return
    try {
      const ending = await store.changeSession(id, openStates, { state: 'ending', engineReady: false })
      if (!ending) return
      changed(id)
    } catch (err) {
      // On a full disk ending a session is what makes room, so it is done all the same.
      log.warn({ err, session: id }, 'that a session ends could not be recorded')
    }
    const start = this.#starts.get(id)
    start?.abort.abort(new DrydockError('session-over'))
    await start?.done
    await this.#takingUp.get(id)?.catch(() => undefined)
    await terminals.closeSession(id)
    const live = this.#live.get(id)
    this.#forget(id)
    await live?.close()
    await this.#deps.removal.remove(sandbox, live?.sandbox)
    await store.changeSession(id, openStates, { state: 'ended', engineReady: false, endedAt: clock.now() })
    changed(id)
  }

  async #fail(id: string, error: unknown): Promise<void> {
    const { store, clock, log, changed } = this.#deps
    const fault =
      error instanceof DrydockError ? error : new DrydockError('internal', undefined, { cause: error })
    log.warn({ err: error, session: id }, 'a session failed')
    const problem = { code: fault.code, detail: fault.message }
    const change = { state: 'failed', problem, engineReady: false, endedAt: clock.now() } as const
    if (await store.changeSession(id, ['requested', 'starting', 'ready'], change)) changed(id)
  }

  #forget(id: string): void {
    this.#live.delete(id)
    this.#deps.watcher.left(id)
  }

  #eventsOf(record: SessionRecord): LiveEvents {
    const { catalogue, answers, store, watcher } = this.#deps
    return {
      rows: (rows) => watcher.rows(record.id, rows),
      answers: () => watcher.answers(record.id),
      async give(field, value) {
        const now = await store.session(record.id)
        if (now?.state !== 'ready')
          return { ok: false, text: 'The lab is still being prepared. Try again in a moment.' }
        return answers.giveInTerminal(now, catalogue.lab(record.lab), field, value)
      },
      gone: (fault) => void this.#lost(record, fault),
    }
  }

  /** The sandbox ended by itself and cannot be had back. */
  async #lost({ id, sandbox }: SessionRecord, fault: DrydockError): Promise<void> {
    const live = this.#live.get(id)
    if (this.#closing || !live) return
    this.#forget(id)
    try {
      await this.#deps.terminals.closeSession(id)
      await live.close()
      await this.#fail(id, fault)
      await this.#deps.removal.remove(sandbox, live.sandbox)
    } catch (err) {
      this.#deps.log.error({ err, session: id }, 'a lost session could not be tidied up')
    }
  }
}
