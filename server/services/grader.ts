import { randomUUID } from 'node:crypto'
import type { Check, GivenAnswer } from '../../checks/check.ts'
import { ofThisMachine } from '../../checks/journal-rows.ts'
import type { Verdict } from '../../checks/verdict.ts'
import type { Lab, LabTask } from '../../labs/lab-schema.ts'
import type { Clock } from '../clock.ts'
import { checkContext } from '../engine/check-context.ts'
import { DrydockError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { CheckRun, MisconceptionRecord, Store, TamperRecord, TaskRecord } from '../store/store.ts'
import { BrokenCount } from './broken-count.ts'
import { type GradedTask, gradeTasks } from './grade-tasks.ts'
import type { LiveSession } from './live-session.ts'
import { isTampered, type Tamper, takeTamper } from './take-tamper.ts'

export interface GraderDeps {
  store: Store
  clock: Clock
  log: Log
  /** Golden images: the name that a student sees to the image's id; of sessions that do not remember theirs. */
  images: ReadonlyMap<string, string>
  changed: (session: string) => void
  /** These tasks were passed for the first time. */
  passed: (session: string, tasks: readonly string[]) => void
  /** Tasks were judged, whether or not that is kept. */
  graded?: (session: string, graded: readonly GradedTask[]) => void
}

/**
 * How a run came about. What a student asked for is shown also when it is broken; what nobody asked for shows no fault of
 * ours; a `quiet` one, when a session is taken up, says of tasks that were never judged only that they are passed.
 */
export type RunKind = 'asked' | 'live' | 'quiet'

/** Judges tasks of a session and keeps what came of it. Its callers see to it that nothing overlaps in a session. */
export class Grader {
  readonly #deps: GraderDeps
  readonly #stopping = new AbortController()
  /** What could not be judged since the server began. */
  readonly broken = new BrokenCount()

  constructor(deps: GraderDeps) {
    this.#deps = deps
  }

  /** Ends every run under way and begins no other: the server stops, and requests that wait for one must not hold it up. */
  stop(): void {
    this.#stopping.abort(new DrydockError('session-not-ready', 'The server stops. Try again in a moment.'))
  }

  /** Aborts when nothing may be judged in the session any more: it is let go of, or the server stops. */
  endingOf(live: LiveSession): AbortSignal {
    return AbortSignal.any([live.ending, this.#stopping.signal])
  }

  checksOf(lab: Lab): ReadonlyMap<string, Check> {
    return lab.checks
  }

  /** Those of the tasks that a run may still change: one that is latched and passed is settled. */
  async unsettled(session: string, tasks: readonly LabTask[]): Promise<LabTask[]> {
    const states = byTask(await this.#deps.store.tasks(session))
    return tasks.filter((task) => task.grading !== 'latched' || states.get(task.id)?.status !== 'passed')
  }

  /** Runs the checks of these tasks, and with `look` looks at the machine beside them; keeps nothing. Rejects with the reason of `signal`, `session-over` when the session is let go of meanwhile, `store-failed`. */
  async grade(
    live: LiveSession,
    lab: Lab,
    tasks: readonly LabTask[],
    { signal, look }: { signal?: AbortSignal; look: boolean },
  ): Promise<GradedTask[]> {
    if (tasks.length === 0) return []
    const ending = AbortSignal.any([this.endingOf(live), ...(signal ? [signal] : [])])
    const { clock, images } = this.#deps
    const { id, seed } = live.record
    const own = live.record.images
    const context = {
      engine: live.engine,
      journal: live.journal,
      readRows: () => live.rows.all(),
      sandbox: live.sandbox,
      answers: await this.answersOf(id),
      images: own ? new Map(Object.entries(own)) : images,
      seed,
      clock,
    }
    const contextFor = (until: AbortSignal) => checkContext(context, until)
    const looking = look ? this.look(live, tasks) : undefined
    const judged = await gradeTasks({ checks: this.checksOf(lab), contextFor, clock }, tasks, ending)
    this.#deps.graded?.(id, judged)
    const tamper = await looking
    const graded = judged.map((each) => ({ ...each, tamper }))
    this.noteBroken(id, graded)
    return graded
  }

  /** Counts and logs those of the tasks that could not be judged; `grade` does it for its own. */
  noteBroken(session: string, judged: readonly GradedTask[]): void {
    this.broken.add(judged)
    for (const { task, status, code } of judged)
      if (status === 'broken') this.#deps.log.warn({ session, task, code }, 'a task could not be judged')
  }

  /** Looks at the machine from outside for what was tampered with, above all at what these tasks ask about. Never rejects. */
  look(live: LiveSession, tasks: readonly LabTask[]): Promise<Tamper> {
    const { clock } = this.#deps
    return takeTamper({
      sandbox: live.sandbox,
      engine: live.engine.view(this.endingOf(live)),
      rows: async () => {
        await live.journal.flush()
        return ofThisMachine(await live.rows.all())
      },
      uses: tasks.flatMap(({ checks }) => checks),
      clock,
    })
  }

  /** Answers by field. Names of fields are unique in a lab. */
  async answersOf(session: string): Promise<ReadonlyMap<string, GivenAnswer>> {
    const answers = await this.#deps.store.answers(session)
    return new Map(answers.map(({ field, value, tries, at }) => [field, { value, tries, at }]))
  }

  /**
   * Keeps the verdicts and the states that follow. A broken one never takes the place of a pass, nor, when nobody asked for
   * it, of any other state. What nobody asked for is kept only when it says something new. Answers with the id of the run
   * that was kept, if one was.
   */
  async keep(
    live: LiveSession,
    lab: Lab,
    graded: readonly GradedTask[],
    kind: RunKind,
  ): Promise<string | undefined> {
    const { store, changed, passed } = this.#deps
    const { id } = live.record
    const states = byTask(await store.tasks(id))
    const known = kind === 'asked' ? [] : await store.latestVerdicts(id)
    const tampered = kind === 'asked' ? [] : await store.tamperedTasks(id)
    const news = graded.filter((each) => {
      if (kind === 'quiet' && each.status !== 'passed' && !states.has(each.task)) return false
      const seen = each.tamper && isTampered(each.tamper) && !tampered.some(({ task }) => task === each.task)
      return kind === 'asked' || seen || !isKnown(each, known)
    })
    if (news.length === 0) return undefined
    const shown = news.filter(({ task, status }) => {
      const before = states.get(task)?.status
      return status !== 'broken' || (kind === 'asked' ? before !== 'passed' : before === 'broken')
    })
    const run = { ...this.runOf(live, lab, news), tasks: shown.map(stateOf) }
    await store.addCheckRun(run)
    await store.meetMisconceptions(id, misconceptionsIn(lab, news, this.#deps.clock.now()))
    changed(id)
    const first = shown.filter(({ task, status }) => status === 'passed' && !states.get(task)?.passedAt)
    passed(
      id,
      first.map(({ task }) => task),
    )
    return run.id
  }

  /** Looks at the machine for a run that was kept without, so that a task need not wait for it to turn green. */
  async lookAfter(live: LiveSession, run: string, tasks: readonly LabTask[]): Promise<void> {
    const tamper = await this.look(live, tasks)
    await this.#deps.store.addTamper(live.record.id, run, tamper.at, recordOf(tamper))
    if (isTampered(tamper)) this.#deps.changed(live.record.id)
  }

  /** What the store takes: all verdicts, and the state of every task. */
  runOf(live: LiveSession, lab: Lab, graded: readonly GradedTask[]): CheckRun {
    const tamper = graded.find((each) => each.tamper)?.tamper
    return {
      ...(tamper && { tamper: recordOf(tamper) }),
      id: randomUUID(),
      session: live.record.id,
      labHash: lab.contentHash,
      at: this.#deps.clock.now(),
      verdicts: graded.flatMap((each) => each.checks),
      tasks: graded.map(stateOf),
    }
  }
}

function recordOf(tamper: Tamper): TamperRecord {
  return { tampered: isTampered(tamper), seen: JSON.stringify(tamper) }
}

function stateOf({ task, status, code }: GradedTask) {
  return { task, status, code }
}

function misconceptionsIn(lab: Lab, graded: readonly GradedTask[], at: number): MisconceptionRecord[] {
  return graded.flatMap(({ task, status, code }) => {
    const by = lab.tasks.find(({ id }) => id === task)?.misconceptions ?? {}
    const misconception = status === 'not-yet' && Object.hasOwn(by, code) ? by[code] : undefined
    return misconception === undefined ? [] : [{ misconception, task, code, at }]
  })
}

/** Whether the latest verdicts of the task say the very same. */
function isKnown({ task, checks }: GradedTask, latest: readonly Verdict[]): boolean {
  const said = ({ check, status, code, message, evidence }: Verdict) => [
    check,
    status,
    code,
    message,
    evidence,
  ]
  const before = latest.filter((verdict) => verdict.task === task).map(said)
  return JSON.stringify(before) === JSON.stringify(checks.map(({ verdict }) => said(verdict)))
}

function byTask(states: readonly TaskRecord[]): Map<string, TaskRecord> {
  return new Map(states.map((state) => [state.task, state]))
}
