import type { Session, SessionSummary } from '../contract/session.ts'
import type { SessionRecord, Store } from '../store/store.ts'
import type { Catalogue } from './catalogue.ts'
import { sessionView, summaryView } from './session-view.ts'

const MAX_LISTED = 500

/** Reads sessions from the store as they cross the wire. Who may see them is not its question. */
export class SessionViews {
  readonly #deps: { store: Store; catalogue: Catalogue }

  constructor(deps: { store: Store; catalogue: Catalogue }) {
    this.#deps = deps
  }

  async of(record: SessionRecord): Promise<Session> {
    const { store, catalogue } = this.#deps
    const [tasks, verdicts, answers] = await Promise.all([
      store.tasks(record.id),
      store.latestVerdicts(record.id),
      store.answers(record.id),
    ])
    const taskIds = catalogue.find(record.lab)?.tasks.map(({ id }) => id) ?? []
    return sessionView({ record, taskIds, tasks, verdicts, answers })
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
