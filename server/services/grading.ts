import { randomUUID } from 'node:crypto'
import type { Check } from '../../checks/check.ts'
import type { Lab } from '../../labs/lab-schema.ts'
import type { Clock } from '../clock.ts'
import type { ChecksResult } from '../contract/session.ts'
import { checkContext } from '../engine/check-context.ts'
import { DrydockError } from '../errors.ts'
import type { AnswerRecord, Store, UserRecord } from '../store/store.ts'
import { gradeTasks } from './grade-tasks.ts'
import type { LiveSession } from './live-session.ts'
import type { Sessions } from './sessions.ts'
import type { Turns } from './turns.ts'

export interface GradingServiceDeps {
  store: Store
  sessions: Sessions
  turns: Turns
  clock: Clock
  checks: ReadonlyMap<string, Check>
  /** Golden images: the name that a student sees to the image's id. */
  images: ReadonlyMap<string, string>
  changed: (session: string) => void
}

/** Runs checks and keeps their verdicts; one run at a time in a session. */
export class Grading {
  readonly #deps: GradingServiceDeps

  constructor(deps: GradingServiceDeps) {
    this.#deps = deps
  }

  /** Checks one task or all of them; answers, when the verdicts are stored, with those and with the states of all tasks. Throws as `Sessions.ready` does, and `task-unknown`. */
  async check(user: UserRecord, id: string, task: string | undefined): Promise<ChecksResult> {
    const { live, lab } = await this.#deps.sessions.ready(user, id)
    await this.#inTurn(live, lab, task)
    const { tasks } = await this.#deps.sessions.get(user, id)
    const checked = tasks.filter((state) => task === undefined || state.task === task)
    return { verdicts: checked.flatMap(({ verdicts }) => verdicts), tasks }
  }

  async #inTurn(live: LiveSession, lab: Lab, task: string | undefined): Promise<void> {
    if (task !== undefined && !lab.tasks.some(({ id }) => id === task)) throw new DrydockError('task-unknown')
    const name = JSON.stringify(['check', task ?? null])
    await this.#deps.turns.shared(live.record.id, name, () => this.#grade(live, lab, task))
  }

  async #grade(live: LiveSession, lab: Lab, task: string | undefined): Promise<void> {
    const { store, clock, checks, images, changed } = this.#deps
    const { id, seed } = live.record
    const context = {
      engine: live.engine,
      journal: live.journal,
      readRows: () => store.journal(id),
      sandbox: live.sandbox,
      answers: byField(await store.answers(id)),
      images,
      seed,
      clock,
    }
    const tasks = task === undefined ? lab.tasks : lab.tasks.filter((each) => each.id === task)
    const contextFor = (signal: AbortSignal) => checkContext(context, signal)
    const graded = await gradeTasks({ checks, contextFor, clock }, tasks)
    await store.addCheckRun({
      id: randomUUID(),
      session: id,
      labHash: lab.contentHash,
      at: clock.now(),
      verdicts: graded.flatMap((each) => each.checks),
      tasks: graded.map(({ task, status, code }) => ({ task, status, code })),
    })
    changed(id)
  }
}

/** Field names are unique in a lab. */
function byField(answers: readonly AnswerRecord[]) {
  return new Map(answers.map(({ field, value, tries, at }) => [field, { value, tries, at }]))
}
