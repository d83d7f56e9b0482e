import type { Lab, LabTask } from '../../labs/lab-schema.ts'
import type { Clock } from '../clock.ts'
import type { Session } from '../contract/session.ts'
import type { Log } from '../log.ts'
import type { Store, SubmissionRecord, UserRecord } from '../store/store.ts'
import type { Access } from './access.ts'
import { submissionBroken } from './broken-tasks.ts'
import type { GradedTask } from './grade-tasks.ts'
import type { Grader } from './grader.ts'
import type { LiveSession } from './live-session.ts'
import { score } from './score.ts'
import type { SessionEnds } from './session-ends.ts'
import type { Sessions } from './sessions.ts'
import type { Turns } from './turns.ts'
import type { Workplaces } from './workplaces.ts'

/** What other parts do at a submission, all of it in the session's turn: none of them may ask for another one. */
export interface SubmissionHooks {
  /** Judges the task on a machine that the student never touched. Rejects with the reason of the signal alone. */
  cleanRoom?: (live: LiveSession, lab: Lab, task: LabTask, signal: AbortSignal) => Promise<GradedTask>
  /** Keeps the machine as it was submitted. Called again after a restart of the server in between. */
  onSubmitted?: (live: LiveSession, submission: SubmissionRecord) => Promise<void>
  /** Makes the receipt and answers with its id; with that of the first when called again. */
  receiptFor?: (submission: SubmissionRecord) => Promise<string>
}

export interface SubmissionsDeps {
  store: Store
  access: Access
  sessions: Pick<Sessions, 'get'>
  workplaces: Workplaces
  ends: SessionEnds
  grader: Grader
  turns: Turns
  clock: Clock
  log: Log
  hooks: SubmissionHooks
  changed: (session: string) => void
}

/** A submission under way. */
interface Judging {
  /** Resolves when it is stored. */
  stored: Promise<void>
  /** Somebody wants it also when tasks stay broken. */
  anyway: boolean
}

/** What is broken is judged again after these, before a submission is given up. Milliseconds. */
const RETRY_MS = [1_000, 3_000]

/** Closes the work on a session: judges what is not settled, grades, and ends the session. */
export class Submissions {
  readonly #deps: SubmissionsDeps
  /** Submissions that are being judged. */
  readonly #judging = new Map<string, Judging>()
  /** What follows a stored submission, until the session is ended. */
  readonly #finishing = new Map<string, Promise<void>>()
  #closing = false

  constructor(deps: SubmissionsDeps) {
    this.#deps = deps
  }

  /**
   * Submits the session; a second time answers with the first. Resolves when the grade is stored; the session ends by itself
   * then. Throws as `Workplaces.ready` does, `store-failed`, and `submission-broken` when a task cannot be judged: then nothing
   * was submitted, and it may be tried again. With `anyway`, also when one that is being judged was begun without, a task that
   * cannot be judged is handed in all the same, without a pass and marked.
   */
  async submit(user: UserRecord, id: string, { anyway = false } = {}): Promise<Session> {
    const { store, access, sessions, workplaces } = this.#deps
    await access.session(user, id)
    if (!(await store.submission(id))) {
      let under = this.#judging.get(id)
      if (!under) {
        const work = await workplaces.prepared(user, id)
        under = this.#judging.get(id) ?? this.#begin(work)
      }
      under.anyway ||= anyway
      await under.stored
    }
    return sessions.get(user, id)
  }

  /** Resolves when what follows a stored submission is done; at once while nothing is stored. */
  async finished(session: string): Promise<void> {
    if (!this.#judging.has(session)) await this.#finishing.get(session)
  }

  /** Whether the session is being graded, or is graded and ends by itself. */
  underWay(session: string): boolean {
    return this.#judging.has(session) || this.#finishing.has(session)
  }

  /** Goes on with submissions of an earlier server. Sessions must have been resumed. */
  async resume(): Promise<void> {
    const { store, workplaces, log } = this.#deps
    for (const submission of await store.openSubmissions()) {
      const id = submission.session
      if (this.#finishing.has(id)) continue
      const live = await workplaces.liveOf(id).catch((err: unknown) => {
        log.warn({ err, session: id }, 'a submitted session could not be taken up yet')
        return null
      })
      if (live !== null && !this.#finishing.has(id))
        void this.#inTurn(id, () => this.#finish(submission, live))
    }
  }

  /** Ends no more sessions; resolves when nothing is under way. What is not done then is done after the next start. */
  async close(): Promise<void> {
    this.#closing = true
    const judging = [...this.#judging.values()].map(({ stored }) => stored)
    await Promise.allSettled([...judging, ...this.#finishing.values()])
  }

  #begin({ live, lab }: { live: LiveSession; lab: Lab }): Judging {
    const { id } = live.record
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const judging: Judging = { stored: promise, anyway: false }
    this.#judging.set(id, judging)
    const over = () => this.#judging.delete(id)
    promise.then(over, over)
    void this.#inTurn(id, async () => {
      const stored = await this.#judge(live, lab, judging).catch(reject)
      if (!stored) return
      resolve()
      await this.#finish(stored, live)
    })
    return judging
  }

  /** The turn lasts until the machine is kept: nothing may change it after it was judged. */
  #inTurn(id: string, work: () => Promise<void>): Promise<void> {
    const { turns, ends, store, log } = this.#deps
    const done = turns
      .run(id, work)
      .then(async () => {
        const record = this.#closing ? undefined : await store.session(id)
        if (record && (await store.submission(id))) await ends.end(record)
      })
      .catch((err: unknown) => log.error({ err, session: id }, 'what follows a submission did not end'))
      .finally(() => this.#finishing.delete(id))
    this.#finishing.set(id, done)
    return done
  }

  async #judge(live: LiveSession, lab: Lab, judging: Judging): Promise<SubmissionRecord> {
    const { store, grader, clock, changed } = this.#deps
    const { id } = live.record
    const known = await store.submission(id)
    if (known) return known
    const graded = await this.#untilSound(live, lab, judging)
    const tamper = await grader.look(live, lab.tasks)
    grader.endingOf(live).throwIfAborted()
    const states = await store.tasks(id)
    const results = lab.tasks.map((task) => {
      const now = graded.find((each) => each.task === task.id)
      const { status, code } = now ?? states.find((each) => each.task === task.id) ?? neverJudged
      const broken = now?.status === 'broken'
      return { task: task.id, passed: status === 'passed', code, cleanRoom: now?.cleanRoom ?? false, broken }
    })
    const grade = score(lab, results, await store.hints(id))
    const at = clock.now()
    const submission = { session: id, at, labHash: lab.contentHash, ...grade, tamper }
    const stored = await store.addSubmission(submission, grader.runOf(live, lab, graded))
    changed(id)
    return stored
  }

  /** The verdicts of all that is not settled. Throws `submission-broken` when some stay broken and nobody wants to go on anyway. */
  async #untilSound(
    live: LiveSession,
    lab: Lab,
    judging: Judging,
  ): Promise<(GradedTask & { cleanRoom: boolean })[]> {
    const { grader, clock } = this.#deps
    const found = new Map<string, GradedTask & { cleanRoom: boolean }>()
    const unsettled = await grader.unsettled(live.record.id, lab.tasks)
    const ending = grader.endingOf(live)
    for (const pause of [...RETRY_MS, undefined]) {
      const left = (task: LabTask) => (found.get(task.id)?.status ?? 'broken') === 'broken'
      for (const each of await grader.grade(live, lab, unsettled.filter(left), {
        signal: ending,
        look: true,
      }))
        found.set(each.task, { ...each, cleanRoom: false })
      for (const task of lab.tasks) {
        const now = found.get(task.id)
        const open = now ? !now.cleanRoom && now.status === 'passed' : !unsettled.includes(task)
        if (task.verify && open) found.set(task.id, await this.#inCleanRoom(live, lab, task, now))
      }
      const broken = [...found.values()].filter(({ status }) => status === 'broken')
      if (broken.length === 0) break
      if (pause === undefined && judging.anyway) break
      if (pause === undefined) throw submissionBroken(lab, broken)
      for (const { task, cleanRoom } of broken) if (cleanRoom) found.delete(task)
      await pauseFor(clock, pause, ending)
    }
    return [...found.values()]
  }

  async #inCleanRoom(live: LiveSession, lab: Lab, task: LabTask, before: GradedTask | undefined) {
    const { grader, hooks } = this.#deps
    const graded: GradedTask = hooks.cleanRoom
      ? await hooks.cleanRoom(live, lab, task, grader.endingOf(live))
      : { task: task.id, status: 'broken', code: 'clean-room-missing', checks: [] }
    grader.noteBroken(live.record.id, [graded])
    return { ...graded, checks: [...(before?.checks ?? []), ...graded.checks], cleanRoom: true }
  }

  /** Without the machine there is still a receipt. A receipt that could not be made is made after the next start. */
  async #finish(submission: SubmissionRecord, live: LiveSession | undefined): Promise<void> {
    const { store, hooks, log, changed } = this.#deps
    const { session } = submission
    if (live) {
      await hooks.onSubmitted?.(live, submission).catch((err: unknown) => {
        log.error({ err, session }, 'the machine of a submission could not be kept')
      })
    }
    // A server that stops, or a machine that is lost: after the next start.
    if (live?.ending.aborted) return
    try {
      const receipt = submission.receipt ?? (await hooks.receiptFor?.(submission)) ?? null
      await store.changeSubmission(session, { receipt, done: true })
      changed(session)
    } catch (err) {
      log.error({ err, session }, 'the receipt of a submission could not be made')
    }
  }
}

const neverJudged = { status: 'not-yet', code: 'unchecked' } as const

function pauseFor(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, resolve)
    const stop = () => {
      cancel()
      reject(signal.reason)
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
