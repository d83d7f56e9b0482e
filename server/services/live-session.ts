import type { JournalRow } from '../../checks/check.ts'
import type { Clock } from '../clock.ts'
import { Journal } from '../engine/journal.ts'
import { StudentEngine } from '../engine/student-engine.ts'
import { DrydockError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Sandbox, SandboxDriver } from '../sandbox/sandbox-driver.ts'
import type { SessionRecord, Store } from '../store/store.ts'
import { AnswerDesk } from './answer-desk.ts'
import { JournalRows } from './journal-rows.ts'

/** Must be at least what the student engine remembers (256), so that a journal continued tells old events from new. */
const EARLIER_ROWS = 512
/** How long the last events may take to be written when a session is left. */
const CLOSE_MS = 5_000

export interface LiveDeps {
  driver: SandboxDriver
  store: Store
  clock: Clock
  log: Log
}

export interface LiveEvents {
  /** The student typed `answer FIELD VALUE`. */
  give(field: string, value: string): Promise<{ ok: boolean; text: string }>
  /** The journal has new rows, also those of before this server began. */
  rows(rows: readonly JournalRow[]): void
  /** The engine answers, for the first time or again. */
  answers(): void
  /** It answered, and does no more. */
  silent(): void
  /** The sandbox is gone for good. */
  gone(fault: DrydockError): void
}

/** What runs on this server for one session: connection to its engine, journal, answer desk. Its sandbox is started again when it stopped. */
export class LiveSession {
  readonly record: SessionRecord
  readonly engine: StudentEngine
  readonly journal: Journal
  /** The journal as it is stored. */
  readonly rows: JournalRows
  readonly #desk: AnswerDesk
  readonly #deps: LiveDeps
  readonly #events: LiveEvents
  readonly #ending = new AbortController()
  #sandbox: Sandbox
  #pausing: Promise<void> | undefined
  #waking: Promise<void> | undefined

  /** Takes up a session whose engine answers: the journal goes on where the store's ends. */
  static async begin(
    deps: LiveDeps,
    record: SessionRecord,
    sandbox: Sandbox,
    events: LiveEvents,
  ): Promise<LiveSession> {
    const last = await deps.store.lastJournalSeq(record.id)
    const earlier = await deps.store.journal(record.id, Math.max(0, last - EARLIER_ROWS))
    const live = new LiveSession(deps, record, sandbox, events, earlier)
    live.journal.start()
    // A server that died during a checkpoint wrote down only its beginning; the sandbox moves again since the driver was opened.
    if (isFrozen(earlier)) await live.journal.mark('thaw', deps.clock.now())
    void live.#desk.start()
    return live
  }

  private constructor(
    deps: LiveDeps,
    record: SessionRecord,
    sandbox: Sandbox,
    events: LiveEvents,
    earlier: Awaited<ReturnType<Store['journal']>>,
  ) {
    const { store, clock, log } = deps
    this.record = record
    this.#deps = deps
    this.#events = events
    this.#sandbox = sandbox
    this.engine = new StudentEngine({
      dial: (signal) => this.#sandbox.dialEngine(signal),
      clock,
      seed: record.seed,
    })
    this.rows = new JournalRows((afterSeq) => store.journal(record.id, afterSeq))
    this.journal = new Journal({
      engine: this.engine,
      sharesClock: sandbox.sharesClock,
      sink: { append: (rows) => store.appendJournal(record.id, rows) },
      clock,
      earlier,
      listener: {
        rows: (rows) => events.rows(rows),
        answers: () => events.answers(),
        silent: () => events.silent(),
      },
    })
    this.#desk = new AnswerDesk({
      sandbox: { exec: (spec) => this.#sandbox.exec(spec) },
      clock,
      log,
      give: (field, value) => events.give(field, value),
      onDown: () => this.#lookAfter(),
    })
  }

  get sandbox(): Sandbox {
    return this.#sandbox
  }

  /** Aborts with the reason when the session is let go of. */
  get ending(): AbortSignal {
    return this.#ending.signal
  }

  /** Its sandbox stands still. */
  get paused(): boolean {
    return this.#pausing !== undefined
  }

  /** Lets the sandbox stand still, which is marked in the journal. Rejects when it does not: then it goes on. */
  async pause(): Promise<void> {
    this.#pausing ??= this.#pauseNow().catch((error: unknown) => {
      this.#pausing = undefined
      throw error
    })
    await this.#pausing
  }

  /** Resolves when the sandbox goes on; at once when it did not stand still. */
  async unpause(): Promise<void> {
    if (!this.#pausing) return
    this.#waking ??= this.#unpauseNow().finally(() => {
      this.#waking = undefined
    })
    await this.#waking
  }

  async #pauseNow(): Promise<void> {
    const { clock } = this.#deps
    await this.journal.mark('freeze', clock.now())
    try {
      await this.#sandbox.pause()
    } catch (error) {
      await this.journal.mark('thaw', clock.now())
      throw error
    }
  }

  async #unpauseNow(): Promise<void> {
    await this.#pausing?.catch(() => undefined)
    if (!this.#pausing) return
    await this.#sandbox.unpause()
    this.#pausing = undefined
    await this.journal.mark('thaw', this.#deps.clock.now())
  }

  /** Lets go of the sandbox, which goes on; what the journal has is written first. Never throws. */
  async close(reason = new DrydockError('session-over')): Promise<void> {
    this.#ending.abort(reason)
    const { clock, log } = this.#deps
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const cancel = clock.after(CLOSE_MS, resolve)
    try {
      await Promise.race([Promise.all([this.#desk.close(), this.journal.stop()]), late])
    } catch (error) {
      log.warn({ err: error, session: this.record.id }, 'the last events of a session could not be kept')
    } finally {
      cancel()
      this.engine.close()
    }
  }

  async #lookAfter(): Promise<void> {
    const { driver, log } = this.#deps
    const session = this.record.id
    const state = await this.#sandbox.state()
    if (state === 'running') return
    if (state === 'gone') return this.#events.gone(new DrydockError('sandbox-gone'))
    log.warn({ session }, 'a sandbox has stopped and is started again')
    // One that does not start is tried again: the student's work is in there.
    this.#sandbox = await driver.restart(this.#sandbox.id)
  }
}

function isFrozen(rows: readonly JournalRow[]): boolean {
  const last = rows.findLast((row) => row.kind === 'mark')
  return last?.kind === 'mark' && last.reason === 'freeze'
}
