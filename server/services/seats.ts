import { MEMORY_RESERVE_BYTES, STARTING_BYTES } from '../sandbox/limits.ts'
import type { SandboxDriver } from '../sandbox/sandbox-driver.ts'
import type { Store } from '../store/store.ts'

/** 2 cores, 30 starts: two at a time took 21.2 s in all, four 17.1 s, thirty 17.7 s with every one of them slow. */
const STARTS_PER_CORE = 2

export interface SeatsDeps {
  store: Pick<Store, 'openSessions'>
  driver: Pick<SandboxDriver, 'room'>
  /** Not more at the same time, whatever the machine has left; 0 for as many as it takes. */
  most: number
}

/** How many sandboxes the machine takes, as it is now. */
export class Seats {
  readonly #deps: SeatsDeps

  constructor(deps: SeatsDeps) {
    this.#deps = deps
  }

  async startsAtOnce(): Promise<number> {
    return STARTS_PER_CORE * (await this.#deps.driver.room()).cores
  }

  /** Whether there is room for one more beside those that are starting now. `ahead`: how many sandboxes are there already for who comes. */
  async hasRoom(starting: number, ahead = 0): Promise<boolean> {
    const { store, most } = this.#deps
    if (most > 0) {
      const open = await store.openSessions()
      const begun = open.filter(
        ({ state, engineReady }) => engineReady || state === 'ready' || state === 'ending',
      ).length
      if (begun + starting >= most) return false
    }
    return ahead > starting || this.hasMemory(starting)
  }

  /** The same, whatever the number of sessions. */
  async hasMemory(starting: number): Promise<boolean> {
    const { memoryBytes } = await this.#deps.driver.room()
    return memoryBytes >= MEMORY_RESERVE_BYTES + (starting + 1) * STARTING_BYTES
  }
}
