import { compareTimes } from '../../checks/journal-rows.ts'

interface Dated {
  seq: number
  timeNano: string
}

/** A clock that goes on needs one; each time that it is set back, one more. */
const MAX_REMEMBERED = 1_000

/** Remembers the latest rows of a journal: each that no later row is dated after. */
export class LatestTimes {
  /** By falling time and rising `seq`. */
  #latest: Dated[] = []

  add(seq: number, timeNano: string): void {
    while (this.#latest.length > 0 && compareTimes(this.#latest.at(-1)?.timeNano ?? '', timeNano) <= 0)
      this.#latest.pop()
    this.#latest.push({ seq, timeNano })
    // Of more, the last two count as one, dated as the later.
    if (this.#latest.length > MAX_REMEMBERED) {
      this.#latest.pop()
      const last = this.#latest.pop()
      if (last) this.#latest.push({ seq, timeNano: last.timeNano })
    }
  }

  /** The `seq` of the last row that is dated after this, if there is one; from then on it and all before it are forgotten. */
  takeAfter(timeNano: string): number | undefined {
    const ahead = this.#latest.filter((each) => compareTimes(each.timeNano, timeNano) > 0)
    this.#latest = this.#latest.slice(ahead.length)
    return ahead.at(-1)?.seq
  }

  /** Forgets all rows up to this one. */
  forgetTo(seq: number): void {
    this.#latest = this.#latest.filter((each) => each.seq > seq)
  }
}
