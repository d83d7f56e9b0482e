import type { JournalRow } from '../../checks/check.ts'
import type { Lab } from '../../labs/lab-schema.ts'
import { DrydockError } from '../errors.ts'
import type { SessionRecord } from '../store/store.ts'
import { hangUpShells } from '../terminal/hang-up.ts'
import type { TerminalRegistry } from '../terminal/terminal-registry.ts'
import type { Answers } from './answers.ts'
import type { Catalogue } from './catalogue.ts'
import { type LiveDeps, type LiveEvents, LiveSession } from './live-session.ts'
import type { SandboxRemoval } from './sandbox-removal.ts'

/** Follows what happens in sessions that run on this server. */
export interface SessionWatcher {
  rows(session: string, rows: readonly JournalRow[]): void
  answers(session: string): void
  /** Its engine answered, and does no more. */
  silent(session: string): void
  /** The session goes on after a time in which no server followed it. */
  takenUp(session: string): void
  /** The session is no longer followed here. */
  left(session: string): void
}

export interface LiveSessionsDeps extends LiveDeps {
  catalogue: Catalogue
  answers: Answers
  removal: SandboxRemoval
  terminals: TerminalRegistry
  watcher: SessionWatcher
  /** The session has failed. */
  failed: (session: string, error: unknown) => Promise<void>
}

/** The sessions that run on this server. */
export class LiveSessions {
  readonly #deps: LiveSessionsDeps
  readonly #live = new Map<string, LiveSession>()
  readonly #takingUp = new Map<string, Promise<LiveSession | undefined>>()
  /** Those whose machine is being changed for another. */
  readonly #aside = new Set<string>()
  #closing = false

  constructor(deps: LiveSessionsDeps) {
    this.#deps = deps
  }

  get(id: string): LiveSession | undefined {
    return this.#live.get(id)
  }

  /** All that run here. */
  all(): LiveSession[] {
    return [...this.#live.values()]
  }

  /** The records of all that run here. */
  records(): SessionRecord[] {
    return [...this.#live.values()].map(({ record }) => record)
  }

  /** The lab of a session that runs here, if it is there and valid. */
  labOf(id: string): Lab | undefined {
    const live = this.#live.get(id)
    return live && this.#deps.catalogue.find(live.record.lab)
  }

  /** A session runs that was just started. */
  add(live: LiveSession): void {
    this.#live.set(live.record.id, live)
  }

  /** The session as it goes on, or undefined when it turned out to be lost or is set aside. Throws what kept it from going on. */
  takeUp(record: SessionRecord): Promise<LiveSession | undefined> {
    if (this.#aside.has(record.id)) return Promise.resolve(undefined)
    const known = this.#takingUp.get(record.id)
    if (known) return known
    const taken = this.#takeUpNow(record).finally(() => this.#takingUp.delete(record.id))
    this.#takingUp.set(record.id, taken)
    return taken
  }

  /** Resolves when the session is not being taken up. */
  async settled(id: string): Promise<void> {
    await this.#takingUp.get(id)?.catch(() => undefined)
  }

  /** Lets go of the session: its shells end, its journal is written. Answers with what it was. */
  async letGo(id: string, reason?: DrydockError): Promise<LiveSession | undefined> {
    const live = this.#live.get(id)
    this.#live.delete(id)
    this.#deps.watcher.left(id)
    this.#deps.answers.left(id)
    // What stands still cannot be hung up.
    await live?.unpause().catch(() => undefined)
    await this.#deps.terminals.closeSession(id)
    await live?.close(reason)
    return live
  }

  /** Lets go of the session until `goOn`: meanwhile nobody can have it. */
  async setAside(id: string, reason: DrydockError): Promise<void> {
    this.#aside.add(id)
    await this.settled(id)
    await this.letGo(id, reason)
  }

  /** Takes the session up again, with the sandbox that it has now. */
  async goOn(record: SessionRecord): Promise<LiveSession | undefined> {
    this.#aside.delete(record.id)
    return this.takeUp(record)
  }

  /** Lets go of all sessions. */
  async close(reason: DrydockError): Promise<void> {
    this.#closing = true
    await Promise.allSettled(this.#takingUp.values())
    await Promise.allSettled([...this.#live.values()].map((live) => live.unpause()))
    await this.#deps.terminals.closeAll()
    await Promise.all([...this.#live.values()].map((live) => live.close(reason)))
    this.#live.clear()
  }

  eventsOf(record: SessionRecord): LiveEvents {
    const { catalogue, answers, store, watcher } = this.#deps
    return {
      rows: (rows) => watcher.rows(record.id, rows),
      answers: () => watcher.answers(record.id),
      silent: () => watcher.silent(record.id),
      async give(field, value) {
        const now = await store.session(record.id)
        if (await store.submission(record.id))
          return { ok: false, text: 'This lab was submitted: answers are no longer taken.' }
        if (now?.state !== 'ready')
          return { ok: false, text: 'The lab is still being prepared. Try again in a moment.' }
        return answers.giveInTerminal(now, catalogue.begun(record.lab), field, value)
      },
      gone: (fault) => void this.#lost(record, fault),
    }
  }

  async #takeUpNow(record: SessionRecord): Promise<LiveSession | undefined> {
    const { driver, log, watcher, failed, removal } = this.#deps
    const known = this.#live.get(record.id)
    if (known) return known
    try {
      const found = await driver.get(record.sandbox)
      const state = (await found?.state()) ?? 'gone'
      if (!found || state === 'gone') throw new DrydockError('sandbox-gone')
      const sandbox = state === 'stopped' ? await driver.restart(record.sandbox) : found
      await hangUpShells(sandbox)
      const live = await LiveSession.begin(this.#deps, record, sandbox, this.eventsOf(record))
      this.#live.set(record.id, live)
      watcher.takenUp(record.id)
      log.info({ session: record.id, lab: record.lab, restarted: state === 'stopped' }, 'a session goes on')
      return live
    } catch (error) {
      // Any other fault may pass, and the student's work is in there: who asks next tries again.
      if (!(error instanceof DrydockError) || error.code !== 'sandbox-gone') throw error
      await failed(record.id, error)
      await removal.remove(record.sandbox)
      return undefined
    }
  }

  /** Takes the sandbox away; the session fails with the reason. */
  async giveUp({ id, sandbox }: SessionRecord, reason: DrydockError): Promise<void> {
    await this.settled(id)
    const live = await this.letGo(id)
    await this.#deps.failed(id, reason)
    await this.#deps.removal.remove(sandbox, live?.sandbox)
  }

  /** The sandbox ended by itself and cannot be had back. */
  async #lost(record: SessionRecord, fault: DrydockError): Promise<void> {
    const { id } = record
    if (this.#closing || !this.#live.has(id)) return
    try {
      await this.giveUp(record, fault)
    } catch (err) {
      this.#deps.log.error({ err, session: id }, 'a lost session could not be tidied up')
    }
  }
}
