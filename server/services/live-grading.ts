import type { JournalRow } from '../../checks/check.ts'
import type { Lab, LabTask } from '../../labs/lab-schema.ts'
import type { Clock } from '../clock.ts'
import { Slots } from '../engine/slots.ts'
import { DrydockError } from '../errors.ts'
import type { Log } from '../log.ts'
import { AffectedTasks, isLive } from './affected-tasks.ts'
import type { GradedTask } from './grade-tasks.ts'
import type { Grader } from './grader.ts'
import { LivePace, type Reason } from './live-pace.ts'
import type { LiveSession } from './live-session.ts'
import type { Turns } from './turns.ts'

/** Runs at once over all sessions; more would only wait for each other on a small machine. */
const RUNS_AT_ONCE = 4

export interface LiveGradingDeps {
  clock: Clock
  log: Pick<Log, 'warn'>
  turns: Turns
  grader: Pick<Grader, 'grade' | 'keep' | 'lookAfter' | 'unsettled' | 'checksOf'>
  /** The lab of a session that runs on this server; undefined when it is not there or not valid. */
  labOf: (session: string) => Lab | undefined
  /** The session as it runs here, while its lab is prepared and it is not submitted. */
  running: (session: string) => Promise<{ live: LiveSession; lab: Lab } | undefined>
  changed: (session: string) => void
}

interface Watched {
  affected: AffectedTasks
  pace: LivePace
  /** Ends the wait for the next run. */
  cancel: (() => void) | undefined
  /** A run waits for its slot or is under way: what comes meanwhile is one more run after it. */
  busy: boolean
}

/**
 * Judges tasks by themselves when something happens that may change them. A session has one run at a time, which waits in
 * line with those of other sessions; so one that is flooded with events holds up nobody else. Checks that are `timed`, or
 * that were seen to be slow, run only when somebody asks.
 */
export class LiveGrading {
  readonly #deps: LiveGradingDeps
  readonly #slots = new Slots(RUNS_AT_ONCE)
  readonly #watched = new Map<string, Watched>()
  readonly #ending = new AbortController()
  readonly #runs = new Set<Promise<void>>()

  constructor(deps: LiveGradingDeps) {
    this.#deps = deps
  }

  /** The session's journal has new rows. */
  rows(session: string, rows: readonly JournalRow[]): void {
    const lab = this.#deps.labOf(session)
    const watched = lab && this.#watch(session, lab)
    if (watched) this.#add(session, watched, watched.affected.by(rows, lab.tasks), 'news')
  }

  /** An answer was given to the task. */
  answered(session: string, task: string): void {
    const lab = this.#deps.labOf(session)
    const watched = lab && this.#watch(session, lab)
    if (watched) this.#add(session, watched, [task], 'news')
  }

  /** The session was taken up: something may have happened while no server watched. */
  takenUp(session: string): void {
    const lab = this.#deps.labOf(session)
    const watched = lab && this.#watch(session, lab)
    const tasks = lab?.tasks.map(({ id }) => id) ?? []
    if (watched) this.#add(session, watched, tasks, 'taken-up')
  }

  /** The session's engine answers, perhaps after it did not. */
  answers(session: string): void {
    const watched = this.#watched.get(session)
    if (!watched) return
    watched.pace.answers(this.#deps.clock.now())
    this.#schedule(session, watched)
  }

  /** Tasks were judged because somebody asked: what is broken is tried again by itself. */
  judged(session: string, graded: readonly GradedTask[]): void {
    const lab = this.#deps.labOf(session)
    const watched = lab && this.#watch(session, lab)
    if (!watched) return
    for (const { task, status, code } of graded)
      watched.pace.ran(task, { status, code, ms: 0 }, this.#deps.clock.now())
    this.#schedule(session, watched)
  }

  /** Whether the task is run by itself in this session; otherwise only when somebody presses Check. */
  isLive(session: string, lab: Lab, task: LabTask): boolean {
    if (this.#watched.get(session)?.pace.isSlow(task.id, this.#deps.clock.now())) return false
    return isLive(this.#deps.grader.checksOf(lab), task)
  }

  /** Forgets the session. */
  left(session: string): void {
    this.#watched.get(session)?.cancel?.()
    this.#watched.delete(session)
  }

  /** Begins no more runs and ends those under way; resolves when they are over. */
  async close(): Promise<void> {
    this.#ending.abort(new Error('The server stops.'))
    for (const session of [...this.#watched.keys()]) this.left(session)
    await Promise.all(this.#runs)
  }

  #watch(session: string, lab: Lab): Watched | undefined {
    if (this.#ending.signal.aborted) return undefined
    const known = this.#watched.get(session)
    if (known) return known
    const affected = new AffectedTasks(this.#deps.grader.checksOf(lab))
    const watched = { affected, pace: new LivePace(), cancel: undefined, busy: false }
    this.#watched.set(session, watched)
    return watched
  }

  #add(session: string, watched: Watched, tasks: Iterable<string>, reason: 'news' | 'taken-up'): void {
    watched.pace.add(tasks, reason, this.#deps.clock.now())
    this.#schedule(session, watched)
  }

  #schedule(session: string, watched: Watched): void {
    watched.cancel?.()
    watched.cancel = undefined
    if (watched.busy || this.#watched.get(session) !== watched) return
    const wait = watched.pace.waitMs(this.#deps.clock.now())
    if (wait === undefined) return
    watched.cancel = this.#deps.clock.after(wait, () => {
      const run = this.#run(session, watched).finally(() => this.#runs.delete(run))
      this.#runs.add(run)
    })
  }

  async #run(session: string, watched: Watched): Promise<void> {
    const { clock, log } = this.#deps
    watched.busy = true
    try {
      await this.#deps.turns.idle(session)
      for (const due of watched.pace.take(clock.now())) {
        try {
          await this.#inTurn(session, watched, due)
        } catch (err) {
          if (isOver(err) || this.#ending.signal.aborted) return
          log.warn({ err, session, task: due.task }, 'a task could not be graded by itself')
          watched.pace.ran(due.task, failed, clock.now())
        }
      }
    } finally {
      watched.busy = false
      this.#schedule(session, watched)
    }
  }

  /** Judges one task in a turn of its session and a slot of all; the slot is held neither while a turn is waited for nor after the verdict is kept. */
  async #inTurn(session: string, watched: Watched, due: Due): Promise<void> {
    const { turns } = this.#deps
    let turn: Promise<void> | undefined
    while (!turn) {
      await turns.idle(session)
      await this.#slots.run(this.#ending.signal, async () => {
        if (turns.busy(session)) return
        const { promise: kept, resolve } = Promise.withResolvers<void>()
        turn = turns.run(session, () => this.#judge(session, watched, due, resolve)).finally(resolve)
        turn.catch(() => {})
        await kept
      })
    }
    await turn
  }

  async #judge(session: string, watched: Watched, due: Due, kept: () => void): Promise<void> {
    const { clock, grader, running, changed } = this.#deps
    const { signal } = this.#ending
    signal.throwIfAborted()
    const found = await running(session)
    const wanted = found?.lab.tasks.find(({ id }) => id === due.task)
    if (!found || !wanted || this.#watched.get(session) !== watched) return
    const { live, lab } = found
    if (due.reason !== 'retry' && !this.isLive(session, lab, wanted)) return
    const began = clock.now()
    const tasks = await grader.unsettled(session, [wanted])
    const graded = await grader.grade(live, lab, tasks, { signal, look: false })
    const now = clock.now()
    const run = await grader.keep(live, lab, graded, due.reason === 'taken-up' ? 'quiet' : 'live')
    kept()
    for (const { task, status, code } of graded)
      if (watched.pace.ran(task, { status, code, ms: now - began }, now)) changed(session)
    // A verdict that gives nothing needs no look.
    if (run && graded.some(({ status }) => status === 'passed')) await grader.lookAfter(live, run, tasks)
  }
}

type Due = { task: string; reason: Reason }

/** What a run that threw counts as. */
const failed = { status: 'broken', code: 'check-failed', ms: 0 } as const

/** The session was let go of meanwhile: nothing went wrong. */
function isOver(error: unknown): boolean {
  return error instanceof DrydockError && error.code === 'session-over'
}
