import type { JournalRow } from '../../checks/check.ts'

/** Up to so many rows are kept in memory, some 2 MB; a session of more reads all of them anew. */
const MAX_KEPT = 5_000

/** A session's journal as the store has it. What was read is kept, since rows never change: a check reads what is new. */
export class JournalRows {
  readonly #read: (afterSeq: number) => Promise<readonly JournalRow[]>
  #kept: readonly JournalRow[] = []
  #reading: Promise<unknown> = Promise.resolve()

  constructor(read: (afterSeq: number) => Promise<readonly JournalRow[]>) {
    this.#read = read
  }

  /** All rows that the store has at this moment, by `seq`. */
  all(): Promise<readonly JournalRow[]> {
    const rows = this.#reading.then(async () => {
      const more = await this.#read(this.#kept.at(-1)?.seq ?? 0)
      const all = more.length === 0 ? this.#kept : [...this.#kept, ...more]
      this.#kept = all.slice(0, MAX_KEPT)
      return all
    })
    this.#reading = rows.catch(() => {})
    return rows
  }
}
