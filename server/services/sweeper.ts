import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { SandboxRemoval } from './sandbox-removal.ts'

/** How often is looked for what a fault left behind. A look takes the host helper some tens of milliseconds. */
export const SWEEP_EVERY_MS = 5 * 60_000

export interface SweeperDeps {
  removal: Pick<SandboxRemoval, 'sweep'>
  clock: Clock
  log: Log
  /** Whether the host engine can be asked. */
  engineReady: () => boolean
}

/** Removes what belongs to no session, every few minutes; what a killed server or engine left goes at the start already. */
export class Sweeper {
  readonly #deps: SweeperDeps
  #cancel: (() => void) | undefined
  #sweeping: Promise<void> = Promise.resolve()
  #closed = false

  constructor(deps: SweeperDeps) {
    this.#deps = deps
  }

  start(): void {
    if (this.#closed) return
    this.#cancel = this.#deps.clock.after(SWEEP_EVERY_MS, () => {
      this.#sweeping = this.#sweep().finally(() => this.start())
    })
  }

  /** Resolves when no sweep goes on. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancel?.()
    await this.#sweeping
  }

  async #sweep(): Promise<void> {
    const { removal, log, engineReady } = this.#deps
    if (!engineReady()) return
    await removal
      .sweep([])
      .catch((err: unknown) => log.warn({ err }, 'leftovers could not be looked for; the next sweep does'))
  }
}
