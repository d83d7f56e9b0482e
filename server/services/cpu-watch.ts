import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { SandboxDriver } from '../sandbox/sandbox-driver.ts'
import { Periodic } from './periodic.ts'

/** How often is looked, in milliseconds. */
const LOOK_MS = 2_000
/** How much the newest look weighs in what a sandbox used of late: after three of them what was before counts for a third. */
const NEWEST = 0.3
/** Cores that were busy of late: above the first a sandbox yields to others, below the second it does no more. */
const BUSY = 0.25
const CALM = 0.1

export interface CpuWatchDeps {
  driver: Pick<SandboxDriver, 'usage' | 'yieldCpu'>
  clock: Clock
  log: Log
  /** Whether the host engine can be asked. */
  engineReady: () => boolean
}

interface Seen {
  at: number
  cpuNanos: number
  /** Cores that were busy of late. */
  cores: number
}

/**
 * Lets a sandbox that keeps cores busy for long yield to all that do not: it has what nobody else wants, and whoever wants
 * something has it at once. A build takes as long as before where nobody waits.
 */
export class CpuWatch {
  readonly #deps: CpuWatchDeps
  readonly #looks: Periodic
  #seen = new Map<string, Seen>()

  constructor(deps: CpuWatchDeps) {
    this.#deps = deps
    this.#looks = new Periodic({
      ...deps,
      everyMs: LOOK_MS,
      look: () => this.#look(),
      failed: 'who keeps the cores busy could not be looked up',
    })
  }

  start(): void {
    this.#looks.start()
  }

  /** Resolves when no look goes on. */
  close(): Promise<void> {
    return this.#looks.close()
  }

  async #look(): Promise<void> {
    const { driver, clock, log, engineReady } = this.#deps
    if (!engineReady()) return
    const uses = await driver.usage()
    const at = clock.now()
    const before = this.#seen
    this.#seen = new Map()
    for (const { sandbox, cpuNanos, yields } of uses) {
      const last = before.get(sandbox)
      const now = last && at > last.at ? (cpuNanos - last.cpuNanos) / 1e6 / (at - last.at) : 0
      const cores = (last?.cores ?? 0) + NEWEST * (Math.max(0, now) - (last?.cores ?? 0))
      this.#seen.set(sandbox, { at, cpuNanos, cores })
      const should = cores > BUSY || (yields && cores > CALM)
      if (should === yields) continue
      await driver
        .yieldCpu(sandbox, should)
        .catch((err: unknown) => log.debug({ err, sandbox }, 'the share of a sandbox could not be changed'))
    }
  }
}
