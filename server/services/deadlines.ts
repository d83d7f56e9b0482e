import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { SessionRecord, Store } from '../store/store.ts'

/** How often is looked for sessions whose time is over, in milliseconds. */
export const TICK_MS = 2_000
/** A look that comes by so much too early or too late means that the clock was set, or that the machine slept. */
const JUMP_MS = 60_000

export interface DeadlinesDeps {
  store: Pick<Store, 'openSessions' | 'changeSession'>
  clock: Clock
  log: Log
  /** Being graded, or graded and about to end by itself. */
  submitting: (session: string) => boolean
  /** Ends a session whose time is over; resolves when its sandbox is gone. */
  end: (record: SessionRecord) => Promise<void>
  changed: (session: string) => void
}

/**
 * Ends sessions whose time is over, also of those that ran out while no server was there. A clock that is set while the server
 * runs takes nothing from anybody: the ends move with it.
 */
export class Deadlines {
  readonly #deps: DeadlinesDeps
  #cancel: (() => void) | undefined
  #looking: Promise<void> = Promise.resolve()
  #dueAt: number | undefined
  #closed = false

  constructor(deps: DeadlinesDeps) {
    this.#deps = deps
  }

  /** Looks for the first time, then every few seconds. */
  start(): void {
    this.#looking = this.#look()
      .catch((err: unknown) =>
        this.#deps.log.error({ err }, 'sessions whose time is over could not be ended'),
      )
      .then(() => this.#next())
  }

  /** Resolves when it ends no more sessions. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancel?.()
    await this.#looking
  }

  #next(): void {
    if (this.#closed) return
    const { clock } = this.#deps
    this.#dueAt = clock.now() + TICK_MS
    this.#cancel = clock.after(TICK_MS, () => this.start())
  }

  async #look(): Promise<void> {
    const { store, clock, submitting, end, log } = this.#deps
    const now = clock.now()
    const jump = this.#dueAt === undefined ? 0 : now - this.#dueAt
    const ready = (await store.openSessions()).filter(({ state }) => state === 'ready')
    if (Math.abs(jump) >= JUMP_MS) return this.#move(ready, jump)
    for (const record of ready) {
      if (record.endsAt === null || record.endsAt > now || submitting(record.id)) continue
      log.info({ session: record.id, lab: record.lab }, 'the time of a session is over')
      // One that takes long keeps no other waiting.
      void end(record).catch((err: unknown) =>
        log.error({ err, session: record.id }, 'a session whose time is over could not be ended yet'),
      )
    }
  }

  async #move(ready: readonly SessionRecord[], by: number): Promise<void> {
    const { store, log, changed } = this.#deps
    log.warn({ ms: by }, 'the clock was set: the ends of sessions move with it')
    for (const { id, endsAt } of ready) {
      if (endsAt === null) continue
      await store.changeSession(id, ['ready'], { endsAt: endsAt + by })
      changed(id)
    }
  }
}
