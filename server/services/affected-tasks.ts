import type { Check, JournalEvent, JournalRow } from '../../checks/check.ts'
import { isTimed } from '../../checks/judge.ts'
import type { CheckUse } from '../../checks/run-check.ts'

interface Task {
  id: string
  checks: readonly CheckUse[]
}

/** Which tasks new rows of the journal may change. */
export class AffectedTasks {
  readonly #checks: ReadonlyMap<string, Check>

  constructor(checks: ReadonlyMap<string, Check>) {
    this.#checks = checks
  }

  /** Ids of those of `tasks` that the rows affect; what checks themselves did never counts. */
  by(rows: readonly JournalRow[], tasks: readonly Task[]): Set<string> {
    const found = new Set<string>()
    for (const row of rows) {
      if (row.kind !== 'event' || row.by === 'check') continue
      for (const task of tasks)
        if (!found.has(task.id) && task.checks.some((use) => this.#affects(row, use))) found.add(task.id)
    }
    return found
  }

  #affects(event: JournalEvent, use: CheckUse): boolean {
    const check = this.#checks.get(use.use)
    const params = check?.params.safeParse(use.with)
    // A mistake in a check must not keep a task from turning green.
    try {
      return check !== undefined && params?.success === true && check.affectedBy(event, params.data)
    } catch {
      return true
    }
  }
}

/** Whether a task's checks run by themselves: none of them depends on measured time. */
export function isLive(checks: ReadonlyMap<string, Check>, task: Pick<Task, 'checks'>): boolean {
  return task.checks.every((use) => {
    const check = checks.get(use.use)
    const params = check?.params.safeParse(use.with)
    return !check || !params?.success || !isTimed(check, params.data)
  })
}
