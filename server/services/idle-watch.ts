import type { JournalRow } from '../../checks/check.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { LiveSession } from './live-session.ts'
import type { Turns } from './turns.ts'

/** How often is looked for sandboxes that nobody uses, in milliseconds. */
export const LOOK_MS = 5_000

export interface IdleWatchDeps {
  clock: Clock
  log: Log
  turns: Turns
  live: () => LiveSession[]
  /** How long a session may be idle before its sandbox stands still, in milliseconds. */
  idleOf: (live: LiveSession) => number
}

/**
 * Lets sandboxes stand still in which nobody is and nothing happens: a hundred idle ones take a fifth of a core, paused ones
 * nothing. Whoever comes back finds the machine as it was left.
 */
export class IdleWatch {
  readonly #deps: IdleWatchDeps
  /** How many look at it, by session; none that nobody looks at. */
  readonly #attended = new Map<string, number>()
  /** When something was last done or last looked at, by session. */
  readonly #lastAt = new Map<string, number>()
  #cancel: (() => void) | undefined
  #closed = false

  constructor(deps: IdleWatchDeps) {
    this.#deps = deps
  }

  start(): void {
    if (this.#closed) return
    this.#cancel = this.#deps.clock.after(LOOK_MS, () => {
      this.#look()
      this.start()
    })
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
  }

  /** Somebody has the session open until this is disposed of. */
  attend(session: string): Disposable {
    this.#attended.set(session, (this.#attended.get(session) ?? 0) + 1)
    let gone = false
    return {
      [Symbol.dispose]: () => {
        if (gone) return
        gone = true
        const left = (this.#attended.get(session) ?? 1) - 1
        if (left > 0) this.#attended.set(session, left)
        else this.#attended.delete(session)
        this.touch(session)
      },
    }
  }

  /** Something was asked of the session. */
  touch(session: string): void {
    this.#lastAt.set(session, this.#deps.clock.now())
  }

  /** Something happened in its engine. What healthchecks and checks do is nothing that a person did. */
  rows(session: string, rows: readonly JournalRow[]): void {
    const done = rows.some(
      (row) => row.kind === 'event' && row.by !== 'check' && !/^(exec_|health_status)/.test(row.action),
    )
    if (done) this.touch(session)
  }

  left(session: string): void {
    this.#lastAt.delete(session)
  }

  #look(): void {
    const { live, turns, log } = this.#deps
    for (const each of live()) {
      const { id } = each.record
      if (!this.#lastAt.has(id)) this.touch(id)
      if (each.paused || turns.busy(id) || !this.#isIdle(each)) continue
      turns
        .run(id, async () => {
          if (!this.#isIdle(each) || each.ending.aborted) return
          log.info({ session: id }, 'nobody uses a sandbox: it stands still')
          await each.pause()
        })
        .catch((err: unknown) => log.warn({ err, session: id }, 'a sandbox that nobody uses goes on'))
    }
  }

  #isIdle(live: LiveSession): boolean {
    const { clock, idleOf } = this.#deps
    const { id } = live.record
    const since = this.#lastAt.get(id)
    return since !== undefined && !this.#attended.has(id) && clock.now() - since >= idleOf(live)
  }
}
