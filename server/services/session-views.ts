import type { Lab, LabTask } from '../../labs/lab-schema.ts'
import type { Clock } from '../clock.ts'
import type { Session, SessionSummary } from '../contract/session.ts'
import type { SessionRecord, Store } from '../store/store.ts'
import type { Catalogue } from './catalogue.ts'
import type { NearlyFull } from './disk-watch.ts'
import { type SessionTimes, timesFor } from './session-times.ts'
import { sessionView, summaryView } from './session-view.ts'
import type { Place } from './start-queue.ts'

const MAX_LISTED = 500

export interface SessionViewsDeps {
  store: Store
  catalogue: Catalogue
  clock: Clock
  /** Those of the installation. */
  times: SessionTimes
  /** Its place among those that wait for their start. */
  placeOf: (session: string) => Place | undefined
  /** What is to be said of its disk. */
  diskOf: (session: string) => NearlyFull | undefined
  /** Whether a task of the session is judged by itself. */
  isLive: (session: string, lab: Lab, task: LabTask) => boolean
}

/** Reads sessions from the store as they cross the wire. Who may see them is not its question. */
export class SessionViews {
  readonly #deps: SessionViewsDeps

  constructor(deps: SessionViewsDeps) {
    this.#deps = deps
  }

  async of(record: SessionRecord): Promise<Session> {
    const { store, catalogue, clock, times, placeOf, diskOf, isLive } = this.#deps
    const [tasks, verdicts, answers, tampered, hints, checkpoints, reset, submission] = await Promise.all([
      store.tasks(record.id),
      store.latestVerdicts(record.id),
      store.answers(record.id),
      store.tamperedTasks(record.id),
      store.hints(record.id),
      store.checkpoints(record.id),
      store.reset(record.id),
      store.submission(record.id),
    ])
    const lab = catalogue.find(record.lab)
    const labTasks = lab?.tasks.map((task) => ({ ...task, live: isLive(record.id, lab, task) })) ?? []
    return sessionView({
      record,
      labTasks,
      tasks,
      verdicts,
      answers,
      tampered,
      hints,
      checkpoints,
      reset,
      submission,
      times: timesFor(lab, times),
      waiting: placeOf(record.id),
      disk: diskOf(record.id),
      now: clock.now(),
    })
  }

  async byId(id: string): Promise<Session | undefined> {
    const record = await this.#deps.store.session(id)
    return record && this.of(record)
  }

  /** An owner's sessions, the newest first. */
  async list(owner: string): Promise<SessionSummary[]> {
    const rows = await this.#deps.store.sessionsOf(owner, MAX_LISTED)
    return rows.map(({ session, passed }) => summaryView({ record: session, passed }))
  }
}
