/** So many at once, and so many a second after that. Times come from the caller; a clock that goes back takes nothing away. */
export class Budget {
  readonly #burst: number
  readonly #perMs: number
  #left: number
  #at: number | undefined

  constructor(rate: { burst: number; perSecond: number }) {
    this.#burst = rate.burst
    this.#perMs = rate.perSecond / 1000
    this.#left = rate.burst
  }

  take(nowMs: number): boolean {
    const since = Math.max(0, nowMs - (this.#at ?? nowMs))
    this.#at = nowMs
    this.#left = Math.min(this.#burst, this.#left + since * this.#perMs)
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
