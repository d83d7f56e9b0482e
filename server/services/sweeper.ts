import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { Periodic } from './periodic.ts'
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
export const sweeper = ({ removal, clock, log, engineReady }: SweeperDeps): Periodic =>
  new Periodic({
    clock,
    log,
    everyMs: SWEEP_EVERY_MS,
    look: async () => {
      if (engineReady()) await removal.sweep([])
    },
    failed: 'leftovers could not be looked for; the next sweep does',
  })
