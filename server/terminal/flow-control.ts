import { HIGH_WATERMARK } from '../contract/realtime.ts'

/** What one browser was sent of a terminal and what it has acknowledged, as absolute offsets. */
export class FlowControl {
  #sent: number
  #acknowledged: number

  constructor(from: number) {
    this.#sent = from
    this.#acknowledged = from
  }

  get sent(): number {
    return this.#sent
  }

  /** How many bytes may be sent now. */
  get room(): number {
    return Math.max(0, HIGH_WATERMARK - (this.#sent - this.#acknowledged))
  }

  take(bytes: number): void {
    this.#sent += bytes
  }

  /** Whether the acknowledgement brought something new. One of bytes never sent counts as one of all that were. */
  acknowledge(offset: number): boolean {
    const known = Math.min(offset, this.#sent)
    if (known <= this.#acknowledged) return false
    this.#acknowledged = known
    return true
  }

  /** Whether the shell, whose output reaches to `head`, is ahead of this browser by the watermark. */
  isBehind(head: number): boolean {
    return head - this.#acknowledged >= HIGH_WATERMARK
  }
}

/** What is read in a second of a shell that nobody looks at: enough for any build, too little to keep a CPU busy. */
export const DETACHED_BYTES_PER_SECOND = 1024 * 1024

/** Slows the reading of a shell that nobody looks at. Times in milliseconds. */
export class DetachedBudget {
  #since = Number.NEGATIVE_INFINITY
  #used = 0

  /** Counts what was read; answers how long to wait before more is read, 0 for not at all. */
  take(bytes: number, now: number): number {
    if (now - this.#since >= 1_000) {
      this.#since = now
      this.#used = 0
    }
    this.#used += bytes
    return this.#used < DETACHED_BYTES_PER_SECOND ? 0 : this.#since + 1_000 - now
  }
}
