import { DISK_RESERVE_BYTES, MEMORY_RESERVE_BYTES, STARTING_BYTES, usualSize } from '../sandbox/limits.ts'
import type { SandboxDriver, SandboxSize } from '../sandbox/sandbox-driver.ts'
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

  /** Whether there is room for one more of that size beside those that are starting now. `ahead`: how many sandboxes are there already for who comes. */
  async hasRoom(starting: readonly SandboxSize[], size: SandboxSize, ahead = 0): Promise<boolean> {
    const { store, most } = this.#deps
    const open = await store.openSessions()
    const begun = open.filter(
      ({ state, engineReady }) => engineReady || state === 'ready' || state === 'ending',
    ).length
    if (most > 0 && begun + starting.length >= most) return false
    if (ahead > starting.length) return true
    // Who ends makes room on the disk. When nobody is there to end, the start is tried and says what is the matter.
    const { diskBytes } = await this.#deps.driver.room()
    if (diskBytes < DISK_RESERVE_BYTES && begun + starting.length > 0) return false
    return this.hasMemory(starting, size)
  }

  /** Whether there is memory for it, whatever the number of sessions. */
  async hasMemory(starting: readonly SandboxSize[], size: SandboxSize): Promise<boolean> {
    const { memoryBytes } = await this.#deps.driver.room()
    const taken = [...starting, size].reduce((sum, each) => sum + startingBytes(each), 0)
    return memoryBytes >= MEMORY_RESERVE_BYTES + size.memoryBytes + taken
  }
}

/** What one that is starting has yet to take: a larger one in proportion. */
const startingBytes = ({ memoryBytes }: SandboxSize) => (STARTING_BYTES * memoryBytes) / usualSize.memoryBytes
