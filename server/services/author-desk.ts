import type { JournalRow } from '../../checks/check.ts'
import type { Lab } from '../../labs/lab-schema.ts'
import type { Clock } from '../clock.ts'
import { type AuthorSession, type JournalLine, MAX_JOURNAL_LINES } from '../contract/author.ts'
import type { Log } from '../log.ts'
import type { UserRecord } from '../store/store.ts'
import type { Access } from './access.ts'
import { checkView, journalLine } from './author-view.ts'
import { BrokenCount } from './broken-count.ts'
import type { Catalogue } from './catalogue.ts'
import type { GradedCheck, GradedTask } from './grade-tasks.ts'
import type { Grader } from './grader.ts'
import type { LiveSession } from './live-session.ts'
import type { Turns } from './turns.ts'

/** New rows are told together, so often at most. */
const TELL_MS = 150
/** Sessions remembered, the latest: an author has one at a time. */
const MAX_SESSIONS = 10

export interface AuthorDeskDeps {
  access: Access
  catalogue: Pick<Catalogue, 'find' | 'problems'>
  clock: Clock
  log: Pick<Log, 'warn'>
  turns: Turns
  grader: Pick<Grader, 'grade' | 'keep'>
  /** Sessions that run here, with the content hash of the lab that each was begun with. */
  open: () => { id: string; lab: string; labHash: string }[]
  running: (session: string) => Promise<{ live: LiveSession; lab: Lab } | undefined>
  /** The session's lab is another: what was derived of it is to be forgotten. */
  labChanged: (session: string) => void
  judged: (session: string, graded: readonly GradedTask[]) => void
}

export interface AuthorListener {
  /** Something else than the journal is not as it was; `lab`: the lab was read again. */
  changed(session: string, lab: boolean): void
  /** At most MAX_JOURNAL_LINES new rows; of more, the last. */
  rows(session: string, lines: JournalLine[]): void
}

interface Watched {
  /** Content hash of the lab by which it was last judged as a whole. */
  labHash?: string
  tasks: Map<string, GradedCheck[]>
  broken: BrokenCount
  lines: JournalLine[]
  /** How many at the end of `lines` are not told yet. */
  untold: number
  cancel?: (() => void) | undefined
}

/** What an author sees beside a session, and the session judged again when its lab changes. Only servers in author mode have one; it remembers in memory. */
export class AuthorDesk {
  readonly #deps: AuthorDeskDeps
  readonly #sessions = new Map<string, Watched>()
  readonly #listeners = new Set<AuthorListener>()
  readonly #ending = new AbortController()
  readonly #runs = new Set<Promise<void>>()

  constructor(deps: AuthorDeskDeps) {
    this.#deps = deps
  }

  /** Answers with the way to stop listening. */
  listen(listener: AuthorListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Throws `session-unknown`. */
  async view(user: UserRecord, id: string): Promise<AuthorSession> {
    const { access, catalogue } = this.#deps
    const { lab: slug } = await access.session(user, id)
    const watched = this.#sessions.get(id)
    const tasks = catalogue.find(slug)?.tasks ?? []
    return {
      problems: catalogue.problems(slug),
      tasks: tasks.map((task) => ({
        task: task.id,
        checks: task.checks.map((use, at) => checkView(use, watched?.tasks.get(task.id)?.[at])),
      })),
      broken: (watched?.broken ?? new BrokenCount()).told(),
      journal: watched?.lines ?? [],
    }
  }

  /** Tasks of the session were judged, for whatever reason. */
  graded(session: string, graded: readonly GradedTask[]): void {
    const { tasks, broken } = this.#of(session)
    broken.add(graded)
    for (const { task, checks } of graded) tasks.set(task, checks)
    for (const listener of this.#listeners) listener.changed(session, false)
  }

  /** The session's journal has new rows. */
  rows(session: string, rows: readonly JournalRow[]): void {
    const watched = this.#of(session)
    const lines = rows.slice(-MAX_JOURNAL_LINES).map(journalLine)
    watched.lines = [...watched.lines, ...lines].slice(-MAX_JOURNAL_LINES)
    watched.untold = Math.min(MAX_JOURNAL_LINES, watched.untold + lines.length)
    watched.cancel ??= this.#deps.clock.after(TELL_MS, () => {
      const news = watched.lines.slice(-watched.untold)
      watched.cancel = undefined
      watched.untold = 0
      for (const listener of this.#listeners) listener.rows(session, news)
    })
  }

  /** The labs were read again: sessions whose lab is another now are judged by it, all tasks, the passed ones too. */
  reloaded(): void {
    if (this.#ending.signal.aborted) return
    const { catalogue, labChanged, turns, log } = this.#deps
    for (const { id, lab: slug, labHash } of this.#deps.open()) {
      const watched = this.#of(id)
      const lab = catalogue.find(slug)
      if (lab && lab.contentHash !== (watched.labHash ?? labHash)) {
        watched.labHash = lab.contentHash
        labChanged(id)
        const run = turns
          .shared(id, 'author', () => this.#judge(id))
          .catch((err: unknown) => {
            if (!this.#ending.signal.aborted) log.warn({ err, session: id }, 'a changed lab was not judged')
          })
          .finally(() => this.#runs.delete(run))
        this.#runs.add(run)
      }
      for (const listener of this.#listeners) listener.changed(id, true)
    }
  }

  /** Ends what is under way; resolves when it is over. */
  async close(): Promise<void> {
    this.#ending.abort(new Error('The server stops.'))
    for (const { cancel } of this.#sessions.values()) cancel?.()
    await Promise.all(this.#runs)
  }

  async #judge(session: string): Promise<void> {
    const { running, grader, judged, catalogue } = this.#deps
    const { signal } = this.#ending
    const found = await running(session)
    if (!found) return
    const { live, lab } = found
    // One by one, so that each is shown as soon as it is known.
    for (const task of lab.tasks) {
      if (signal.aborted || catalogue.find(lab.slug)?.contentHash !== lab.contentHash) return
      const graded = await grader.grade(live, lab, [task], { signal, look: false })
      await grader.keep(live, lab, graded, 'asked')
      judged(session, graded)
    }
  }

  #of(session: string): Watched {
    const known = this.#sessions.get(session)
    if (known) return known
    const watched: Watched = { tasks: new Map(), broken: new BrokenCount(), lines: [], untold: 0 }
    this.#sessions.set(session, watched)
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size > MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest)
    return watched
  }
}
