import type { Clock } from '../clock.ts'

/** The engine's clock less ours, in milliseconds, and by how much that may be wrong. */
export interface Offset {
  ms: number
  within: number
}

interface Bounds {
  low: number
  high: number
  at: number
}

/** Good enough: a flush waits so long for the engine's clock to be surely past the moment it is asked for. */
const GOOD_MS = 5
/** Questions in a row at first, until it is good enough. */
const FIRST_ASKS = 5
/** Asked again after this while it is not good enough, then after twice as long each time: an engine that is slow to answer must not be asked the more for it. At last so often, to follow clocks that are set. */
const POOR_MS = 1_000
const AGAIN_MS = 30_000
/** Two clocks drift apart by no more than this, in milliseconds per millisecond. */
const DRIFT = 0.0002

/** How far an engine's clock is from ours: bounds that every answer and every event draw closer. */
export class EngineClock {
  readonly #ask: () => Promise<Offset>
  readonly #clock: Clock
  #bounds: Bounds | undefined
  #asking: Promise<void> | undefined
  #askedAt = Number.NEGATIVE_INFINITY
  #patience = POOR_MS
  #shared: boolean

  /** `ask` measures once; it may take as long as the engine takes to answer. `shared`: the engine's clock is ours, and it is asked only once an event shows otherwise. */
  constructor(deps: { ask: () => Promise<Offset>; clock: Clock; shared?: boolean }) {
    this.#ask = deps.ask
    this.#clock = deps.clock
    this.#shared = deps.shared ?? false
  }

  /** What is known now; asks when nothing is. Rejects as `ask` does. */
  async offset(): Promise<Offset> {
    if (this.#shared) return { ms: 0, within: 0 }
    const since = Math.abs(this.#clock.now() - this.#askedAt)
    if (!this.#bounds) await this.#measure()
    else if (since > (this.#isGood() ? AGAIN_MS : this.#patience)) this.#measure().catch(() => {})
    const { low, high } = this.#bounds ?? { low: 0, high: 0 }
    return { ms: (low + high) / 2, within: (high - low) / 2 }
  }

  /** An event with this time of the engine, in nanoseconds as digits, has just come. */
  saw(timeNano: string): void {
    const low = Number(BigInt(timeNano) / 1_000n) / 1_000 - this.#clock.now() - 1
    if (low > 0) this.#shared = false
    const bounds = this.#bounds
    if (!bounds) return
    // Later than the engine's clock can be by what is known: one of the clocks was set.
    if (low > bounds.high) this.#bounds = undefined
    else if (low > bounds.low) bounds.low = low
  }

  #isGood(): boolean {
    return this.#bounds !== undefined && this.#bounds.high - this.#bounds.low <= 2 * GOOD_MS
  }

  #measure(): Promise<void> {
    this.#asking ??= this.#askOften().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #askOften(): Promise<void> {
    const most = this.#bounds ? 1 : FIRST_ASKS
    this.#patience = this.#bounds ? Math.min(AGAIN_MS, this.#patience * 2) : POOR_MS
    for (let n = 0; n < most && (n === 0 || !this.#isGood()); n += 1) this.#learn(await this.#ask())
  }

  #learn({ ms, within }: Offset): void {
    const at = this.#clock.now()
    this.#askedAt = at
    const [low, high] = [ms - within, ms + within]
    const known = this.#bounds
    const drift = known ? Math.abs(at - known.at) * DRIFT : 0
    const disjoint = known && (known.low - drift > high || known.high + drift < low)
    this.#bounds =
      known && !disjoint
        ? { low: Math.max(low, known.low - drift), high: Math.min(high, known.high + drift), at }
        : { low, high, at }
  }
}
