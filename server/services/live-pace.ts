import type { Verdict } from '../../checks/verdict.ts'

/** Events of one command come close together: one run for them. */
const GATHER_MS = 15
/** Runs of one session: so many at once, and so many a second after that. One command costs one to three. */
const BURST = 20
const PER_SECOND = 2
/** A broken task is tried again after this, then twice as long each time, so often. */
const FIRST_RETRY_MS = 500
const MAX_RETRIES = 6
/** A task whose checks took longer than this twice in a row is not run by itself for so long. Milliseconds. */
const SLOW_MS = 10_000
const SLOW_FOR_MS = 120_000

/** What may pass by itself. A gap in the journal, or a mistake in a lab, does not. */
const passing = new Set([
  'engine-down',
  'engine-answer',
  'timeout',
  'probe-failed',
  'check-failed',
  'clean-room-failed',
])

/** Whether the cause of a broken verdict with this code may pass by itself. */
export function maySettle(code: string): boolean {
  return passing.has(code)
}

/** Why a task is to be run: something happened, a broken verdict is tried again, or the server takes the session up. */
export type Reason = 'news' | 'retry' | 'taken-up'

/** When which tasks of a session are run by themselves. Pure: times are milliseconds of any clock, also of one that jumps. */
export class LivePace {
  readonly #due = new Map<string, { reason: Reason; at: number }>()
  readonly #retries = new Map<string, number>()
  readonly #slowRuns = new Map<string, number>()
  readonly #slowSince = new Map<string, number>()
  #tokens = BURST
  #at: number | undefined

  /** These tasks may have changed. */
  add(tasks: Iterable<string>, reason: Exclude<Reason, 'retry'>, now: number): void {
    for (const task of tasks) {
      const due = this.#due.get(task)
      if (!due || due.reason === 'retry') this.#due.set(task, { reason, at: now + GATHER_MS })
      else if (reason === 'news') due.reason = reason
    }
  }

  /** The engine answers again: what is broken can be tried now. */
  answers(now: number): void {
    for (const task of this.#retries.keys()) {
      this.#retries.set(task, 0)
      this.#due.set(task, { reason: 'retry', at: now })
    }
  }

  /** Milliseconds until a run may begin; undefined while there is nothing to run. */
  waitMs(now: number): number | undefined {
    if (this.#due.size === 0) return undefined
    this.#refill(now)
    const first = Math.min(...[...this.#due.values()].map(({ at }) => at))
    const token = this.#tokens >= 1 ? 0 : ((1 - this.#tokens) / PER_SECOND) * 1_000
    // A clock that was set back must not put off a run for as long as it went back.
    return Math.min(Math.max(0, first - now, token), FIRST_RETRY_MS * 2 ** MAX_RETRIES)
  }

  /** The tasks to run now; they are no longer due. */
  take(now: number): { task: string; reason: Reason }[] {
    this.#refill(now)
    this.#tokens = Math.max(0, this.#tokens - 1)
    const all = [...this.#due]
    const due = all.filter(([, { reason, at }]) => reason !== 'retry' || at <= now)
    // Whoever calls has waited: when nothing else is due, the clock was set back.
    const taken = due.length > 0 ? due : all
    for (const [task] of taken) this.#due.delete(task)
    return taken.map(([task, { reason }]) => ({ task, reason }))
  }

  /** What a run of a task gave. Answers whether it has just become too slow to run by itself. */
  ran(task: string, result: { status: Verdict['status']; code: string; ms: number }, now: number): boolean {
    if (result.status === 'broken' && maySettle(result.code)) {
      const tries = this.#retries.get(task) ?? 0
      this.#retries.set(task, tries + 1)
      if (tries < MAX_RETRIES && !this.#due.has(task))
        this.#due.set(task, { reason: 'retry', at: now + FIRST_RETRY_MS * 2 ** tries })
      return false
    }
    this.#retries.delete(task)
    if (this.#due.get(task)?.reason === 'retry') this.#due.delete(task)
    const slowRuns = result.ms > SLOW_MS ? (this.#slowRuns.get(task) ?? 0) + 1 : 0
    this.#slowRuns.set(task, slowRuns)
    if (slowRuns < 2 || this.isSlow(task, now)) return false
    this.#slowSince.set(task, now)
    this.#slowRuns.delete(task)
    return true
  }

  /** Whether the task's checks were seen to take long, not long ago. */
  isSlow(task: string, now: number): boolean {
    const since = this.#slowSince.get(task)
    return since !== undefined && Math.abs(now - since) < SLOW_FOR_MS
  }

  #refill(now: number): void {
    const since = Math.max(0, now - (this.#at ?? now))
    this.#at = now
    this.#tokens = Math.min(BURST, this.#tokens + (since / 1_000) * PER_SECOND)
  }
}
