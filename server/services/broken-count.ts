import type { Verdict } from '../../checks/verdict.ts'
import type { BrokenTasks } from '../contract/health.ts'

/** Codes told apart; a lab's own checks may make up any. */
const MAX_CODES = 50
const CODE = /^[a-z][a-z0-9-]{0,39}$/
const OTHER = 'other'

/** How often tasks could not be judged, by code. Bounded, and says nothing of whose they were. */
export class BrokenCount {
  readonly #byCode = new Map<string, number>()

  /** Of tasks that were judged, counts those that are broken. */
  add(judged: readonly { status: Verdict['status']; code: string }[]): void {
    for (const { status, code } of judged) {
      if (status !== 'broken') continue
      const room = this.#byCode.has(code) || this.#byCode.size < MAX_CODES
      const key = room && CODE.test(code) ? code : OTHER
      this.#byCode.set(key, (this.#byCode.get(key) ?? 0) + 1)
    }
  }

  told(): BrokenTasks {
    const tasks = [...this.#byCode.values()].reduce((sum, each) => sum + each, 0)
    return { tasks, byCode: Object.fromEntries(this.#byCode) }
  }
}
