import type { Clock } from '../clock.ts'
import type { Session } from '../contract/session.ts'
import { DrydockError } from '../errors.ts'
import type { Store, UserRecord } from '../store/store.ts'
import { ladderOf } from './hint-ladder.ts'
import type { Sessions } from './sessions.ts'
import type { Workplaces } from './workplaces.ts'

export interface HintsDeps {
  store: Store
  sessions: Pick<Sessions, 'get'>
  workplaces: Workplaces
  clock: Clock
  changed: (session: string) => void
}

/** Gives hints, one step of a ladder at a time, and remembers them. */
export class Hints {
  readonly #deps: HintsDeps
  /** A hint that is being taken, by session and task: who asks twice at once gets one. */
  readonly #taking = new Map<string, Promise<void>>()

  constructor(deps: HintsDeps) {
    this.#deps = deps
  }

  /**
   * Takes the next hint for what the task shows now. `seen` is how many of the task's hints the asker knows: when there are
   * more already, as after a double click, none is taken. Throws as `Workplaces.ready` does, `task-unknown`, and `hint-none` when there is no more.
   */
  async take(user: UserRecord, id: string, task: string, seen?: number): Promise<Session> {
    await this.#deps.workplaces.ready(user, id)
    const key = JSON.stringify([id, task])
    const taking =
      this.#taking.get(key) ?? this.#take(user, id, task, seen).finally(() => this.#taking.delete(key))
    this.#taking.set(key, taking)
    await taking
    return this.#deps.sessions.get(user, id)
  }

  async #take(user: UserRecord, id: string, wanted: string, seen?: number): Promise<void> {
    const { store, workplaces, clock, changed } = this.#deps
    const { lab } = await workplaces.ready(user, id)
    const task = lab.tasks.find((each) => each.id === wanted)
    if (!task) throw new DrydockError('task-unknown')
    const [states, hints] = await Promise.all([store.tasks(id), store.hints(id)])
    if (seen !== undefined && hints.filter((each) => each.task === wanted).length > seen) return
    const state = states.find((each) => each.task === wanted)
    const ladder = ladderOf(task, state, hints)
    const text = ladder?.steps[ladder.taken]
    if (!ladder || text === undefined) throw new DrydockError('hint-none')
    const { name, taken } = ladder
    const code = state?.code ?? null
    await store.takeHint(id, { task: wanted, ladder: name, index: taken, code, text, at: clock.now() })
    changed(id)
  }
}
