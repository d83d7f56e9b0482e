import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

export interface PeriodicDeps {
  clock: Clock
  log: Log
  /** From the end of one look to the next, in milliseconds. */
  everyMs: number
  look: () => Promise<void>
  /** What the log says of a look that failed; the next comes all the same. */
  failed: string
}

/** Looks again and again, one look at a time. */
export class Periodic {
  readonly #deps: PeriodicDeps
  #cancel: (() => void) | undefined
  #looking: Promise<void> = Promise.resolve()
  #closed = false

  constructor(deps: PeriodicDeps) {
    this.#deps = deps
  }

  start(): void {
    if (this.#closed) return
    const { clock, log, everyMs, look, failed } = this.#deps
    this.#cancel = clock.after(everyMs, () => {
      this.#looking = look()
        .catch((err: unknown) => log.warn({ err }, failed))
        .finally(() => this.start())
    })
  }

  /** Resolves when no look goes on. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancel?.()
    await this.#looking
  }
}
