import type { Lab } from '../../labs/lab-schema.ts'
import type { ChecksResult } from '../contract/session.ts'
import { DrydockError } from '../errors.ts'
import type { UserRecord } from '../store/store.ts'
import type { GradedTask } from './grade-tasks.ts'
import type { Grader } from './grader.ts'
import type { LiveSession } from './live-session.ts'
import { verdictView } from './session-view.ts'
import type { Sessions } from './sessions.ts'
import type { Turns } from './turns.ts'
import type { Workplaces } from './workplaces.ts'

export interface GradingDeps {
  sessions: Pick<Sessions, 'get'>
  workplaces: Workplaces
  grader: Grader
  turns: Turns
  /** Tasks were judged because somebody asked. */
  judged: (session: string, graded: readonly GradedTask[]) => void
}

/** Checks that a student asks for. */
export class Grading {
  readonly #deps: GradingDeps

  constructor(deps: GradingDeps) {
    this.#deps = deps
  }

  /**
   * Checks one task or all of them; answers, when the verdicts are stored, with those and with the states of all tasks. A
   * task that is latched and passed is not judged again. Throws as `Workplaces.ready` does, and `task-unknown`.
   */
  async check(user: UserRecord, id: string, task: string | undefined): Promise<ChecksResult> {
    const { live, lab } = await this.#deps.workplaces.ready(user, id)
    if (task !== undefined && !lab.tasks.some((each) => each.id === task)) {
      throw new DrydockError('task-unknown')
    }
    const name = JSON.stringify(['check', task ?? null])
    const graded = await this.#deps.turns.shared(id, name, () => this.#run(live, lab, task))
    const { tasks } = await this.#deps.sessions.get(user, id)
    const verdicts = tasks.flatMap((state) => {
      if (task !== undefined && state.task !== task) return []
      const now = graded.find((each) => each.task === state.task)
      return now ? now.checks.map(({ verdict }) => verdictView(verdict)) : state.verdicts
    })
    return { verdicts, tasks }
  }

  async #run(live: LiveSession, lab: Lab, task: string | undefined): Promise<GradedTask[]> {
    const { grader, judged } = this.#deps
    const wanted = lab.tasks.filter((each) => task === undefined || each.id === task)
    const graded = await grader.grade(live, lab, await grader.unsettled(live.record.id, wanted), {
      look: true,
    })
    await grader.keep(live, lab, graded, 'asked')
    judged(live.record.id, graded)
    return graded
  }
}
