import type { GapReason, JournalMark, JournalRow } from '../../checks/check.ts'
import { isClockGap } from '../../checks/journal-rows.ts'
import { Budget } from './budget.ts'
import type { EngineEvent } from './engine-events.ts'
import type { EventAuthor } from './event-author.ts'
import { LatestTimes } from './latest-times.ts'

/** Rows a session keeps; a store of 30 sessions that all reach it is about 600 MB. */
const MAX_ROWS = 50_000
/** Of these, rows of exec and health checks: a check every second writes three events and fills this in two hours. */
const MAX_EXEC_ROWS = 20_000
/** How many come through at once, and how many a second after that. */
const EXEC_BUDGET = { burst: 3_000, perSecond: 6 }
const BUDGET = { burst: 10_000, perSecond: 50 }
/** Must exceed what the engine remembers (256), or a replay is taken for news. */
const REMEMBERED = 10_000
const MARK_EVERY_MS = 1_000
/** Events may be published out of order by less than this, and clocks are set by less all the time. */
const CLOCK_NANOS = 1_000_000_000n

/** Decides which events become rows: each once, in bounds, with a mark where something was left out. Times come from the caller. */
export class JournalIntake {
  readonly #seen = new Set<string>()
  readonly #exec = new Budget(EXEC_BUDGET)
  readonly #rest = new Budget(BUDGET)
  readonly #dropped = new Map<GapReason, string>()
  readonly #author: EventAuthor | undefined
  readonly #times = new LatestTimes()
  #seq: number
  #execRows = 0
  #newest: EngineEvent | undefined
  #anchor: EngineEvent | undefined
  /** The latest of those that came after the newest. */
  #later: EngineEvent | undefined
  #markedAt = Number.NEGATIVE_INFINITY
  #full = false

  /** Continues after these rows, the last of an earlier journal of the session. Without an author nothing is told apart. */
  constructor(earlier: readonly JournalRow[] = [], author?: EventAuthor) {
    this.#author = author
    this.#seq = earlier.at(-1)?.seq ?? 0
    this.#full = earlier.some((row) => row.kind === 'gap' && row.reason === 'full')
    for (const row of earlier) {
      if (row.kind === 'mark' && row.reason === 'reset') this.#forget()
      if (isClockGap(row)) this.#goBack(row.since ?? row.seq, row.timeNano)
      else this.#times.add(row.seq, row.timeNano)
      if (row.kind !== 'event') continue
      this.#remember(row)
      author?.remember(row)
    }
  }

  /** The latest event taken in, or undefined before the first. */
  get newest(): EngineEvent | undefined {
    return this.#newest
  }

  /** The event that the engine must still remember, or something was lost since. */
  get anchor(): EngineEvent | undefined {
    return this.#anchor
  }

  knows(event: EngineEvent): boolean {
    return this.#seen.has(keyOf(event))
  }

  /** The rows that this event adds: none for one already taken. */
  take(event: EngineEvent, nowMs: number): JournalRow[] {
    if (this.knows(event)) return []
    this.#remember(event)
    if (this.#full) return []
    const mine = this.#author?.isCheck(event, nowMs) ? ({ by: 'check' } as const) : {}
    const isExec = event.action.startsWith('exec_') || event.action.startsWith('health_status')
    const allowed = isExec ? this.#execRows < MAX_EXEC_ROWS && this.#exec.take(nowMs) : this.#rest.take(nowMs)
    if (!allowed) {
      this.#dropped.set(isExec ? 'exec-flood' : 'flood', event.timeNano)
      return []
    }
    if (isExec) this.#execRows++
    const marks = nowMs - this.#markedAt >= MARK_EVERY_MS ? this.marks(nowMs) : []
    return [...marks, ...this.#add({ kind: 'event', seq: 0, ...event, ...mine })]
  }

  /** Marks for what was left out and is not yet marked. */
  marks(nowMs: number): JournalRow[] {
    if (this.#dropped.size === 0) return []
    this.#markedAt = nowMs
    const rows = [...this.#dropped].flatMap(([reason, timeNano]) =>
      this.#add({ kind: 'gap', seq: 0, timeNano, reason }),
    )
    this.#dropped.clear()
    return rows
  }

  /** A mark that events after the newest may be missing; one is enough until another event comes. */
  lost(): JournalRow[] {
    this.#anchor = undefined
    return this.#add({ kind: 'gap', seq: 0, timeNano: this.#newest?.timeNano ?? '0', reason: 'lost' })
  }

  /** Marks where the engine's clock was set back, when rows are dated after what it shows now. */
  setBack(nowNano: string, nowMs: number): JournalRow[] {
    const limit = String(BigInt(nowNano) + CLOCK_NANOS)
    const rows = this.marks(nowMs)
    const found = this.#times.takeAfter(limit)
    if (found === undefined && !(this.#newest && isLater(this.#newest.timeNano, limit))) return rows
    const since = found ?? this.#seq
    const more = this.#seq > since
    rows.push(...this.#add({ kind: 'gap', seq: 0, timeNano: nowNano, reason: 'clock', since }))
    this.#goBack(since, nowNano)
    // Rows came since then, and none of them is an event that the engine could be asked to remember.
    if (more && !this.#anchor)
      rows.push(...this.#add({ kind: 'gap', seq: 0, timeNano: nowNano, reason: 'lost' }))
    return rows
  }

  /** What Drydock itself did at this time. */
  mark(reason: JournalMark['reason'], timeNano: string): JournalRow[] {
    return this.#add({ kind: 'mark', seq: 0, timeNano, reason })
  }

  /** A line that could not be taken in: something is missing here. */
  skipped(): void {
    this.#dropped.set('flood', this.#newest?.timeNano ?? '0')
  }

  #add(row: JournalRow): JournalRow[] {
    if (this.#full) return []
    this.#seq++
    if (!isClockGap(row)) this.#times.add(this.#seq, row.timeNano)
    if (this.#seq < MAX_ROWS) return [{ ...row, seq: this.#seq }]
    this.#full = true
    return [{ kind: 'gap', seq: this.#seq, timeNano: row.timeNano, reason: 'full' }]
  }

  /** From here on another engine speaks: it never knew what came before. */
  #forget(): void {
    this.#newest = undefined
    this.#anchor = undefined
    this.#later = undefined
  }

  /** Goes on from the latest event that came after the clock was set back; from none when that is ahead of it too. */
  #goBack(since: number, nowNano: string): void {
    const later = this.#later
    this.#times.forgetTo(since)
    this.#forget()
    if (!later || isLater(later.timeNano, nowNano)) return
    this.#newest = later
    this.#anchor = later
  }

  #remember(event: EngineEvent): void {
    this.#seen.add(keyOf(event))
    if (this.#seen.size > REMEMBERED) {
      const [oldest] = this.#seen
      if (oldest !== undefined) this.#seen.delete(oldest)
    }
    if (!this.#newest || isLater(event.timeNano, this.#newest.timeNano)) {
      this.#newest = event
      this.#anchor = event
      this.#later = undefined
    } else if (!this.#later || isLater(event.timeNano, this.#later.timeNano)) this.#later = event
  }
}

/** Two events with the same key are one, told twice. */
export function keyOf(event: EngineEvent): string {
  return `${event.timeNano} ${event.type} ${event.action} ${event.actorId}`
}

/** Whether one count of nanoseconds, as digits, is above another. */
function isLater(a: string, b: string): boolean {
  return BigInt(a) > BigInt(b)
}
