import type { Check } from '../../checks/check.ts'
import type { JsonSchema } from '../../labs/json-schema.ts'
import { labJsonSchema } from '../../labs/lab-json-schema.ts'
import type { Clock } from '../clock.ts'
import type { Health } from '../contract/health.ts'
import type { Log } from '../log.ts'
import type { SandboxDriver } from '../sandbox/sandbox-driver.ts'
import type { Store, UserRecord } from '../store/store.ts'
import { TerminalRegistry } from '../terminal/terminal-registry.ts'
import { Access } from './access.ts'
import { Answers } from './answers.ts'
import { atSubmission } from './at-submission.ts'
import { AuthorDesk } from './author-desk.ts'
import type { Catalogue } from './catalogue.ts'
import { Checkpoints } from './checkpoints.ts'
import { Deadlines } from './deadlines.ts'
import { Grader } from './grader.ts'
import { Grading } from './grading.ts'
import { Hints } from './hints.ts'
import { HostEngine } from './host-engine.ts'
import { IdleWatch } from './idle-watch.ts'
import { LiveGrading } from './live-grading.ts'
import { LiveSessions } from './live-sessions.ts'
import { type Measures, unmeasured } from './measures.ts'
import { Receipts, type ReceiptsDeps } from './receipts.ts'
import { Resets } from './resets.ts'
import { SandboxRemoval } from './sandbox-removal.ts'
import { Seats } from './seats.ts'
import { SessionFeed } from './session-feed.ts'
import { SessionReset } from './session-reset.ts'
import { type SessionTimes, timesFor } from './session-times.ts'
import { SessionViews } from './session-views.ts'
import { Sessions } from './sessions.ts'
import { StartQueue } from './start-queue.ts'
import { type SubmissionHooks, Submissions } from './submissions.ts'
import { Sweeper } from './sweeper.ts'
import { Turns } from './turns.ts'
import { type PoolSize, WarmPool } from './warm-pool.ts'

export interface ServicesDeps {
  store: Store
  driver: SandboxDriver
  catalogue: Catalogue
  checks: ReadonlyMap<string, Check>
  /** Golden images of a sandbox that is made now: the name that a student sees to the image's id. */
  images: ReadonlyMap<string, string>
  clock: Clock
  log: Log
  /** The installation's name and key, and what its checks are: every receipt says them. */
  receipts: Pick<ReceiptsDeps, 'installation' | 'key' | 'versions'>
  /** In place of what is done at a submission. */
  atSubmission?: SubmissionHooks
  measures?: Measures
  /** Most sandboxes of sessions at the same time; 0 for as many as there is memory for. */
  seats: number
  /** Sandboxes that are started ahead of who comes. */
  pool: PoolSize
  /** How long sessions may take. */
  times: SessionTimes
  /** Author mode: for who writes labs, never for students. */
  author?: boolean
}

export interface Services {
  /** In author mode only. */
  author: AuthorDesk | undefined
  catalogue: Catalogue
  checkpoints: Checkpoints
  resets: Resets
  /** lab.yaml for editors. */
  labSchema: JsonSchema
  engine: HostEngine
  health(): Health
  feed: SessionFeed
  grading: Grading
  hints: Hints
  receipts: Receipts
  sessions: Sessions
  pool: Pick<WarmPool, 'ready' | 'target'>
  queue: Pick<StartQueue, 'length'>
  submissions: Submissions
  terminals: TerminalRegistry
  /** The one person of solo mode. */
  localUser: UserRecord
  /** Ends all judging, so that no request waits for it: to be called before the doors close. */
  stopJudging(): void
  /** Lets go of everything; sandboxes go on. */
  close(): Promise<void>
}

const localUser: UserRecord = { id: 'local', name: 'You', role: 'admin' }

/** Puts the rules together and takes up the sessions of an earlier server. Throws `engine-unsafe`, `store-failed`. */
export async function startServices(deps: ServicesDeps): Promise<Services> {
  const { store, driver, catalogue, checks, images, clock, log, times, measures = unmeasured } = deps
  await store.putUser(localUser)

  const access = new Access({ store })
  const views = new SessionViews({
    store,
    catalogue,
    clock,
    times,
    placeOf: (session) => queue.placeOf(session),
    isLive: (...task) => liveGrading.isLive(...task),
  })
  const removal = new SandboxRemoval({ store, driver, log })
  const feed = new SessionFeed({ view: (id) => views.byId(id), log })
  const changed = (id: string) => feed.changed(id)
  const seats = new Seats({ store, driver, most: deps.seats })
  const queue = new StartQueue({
    clock,
    atOnce: () => seats.startsAtOnce(),
    hasRoom: (starting) => seats.hasRoom(starting, pool.ready),
    moved: changed,
    idle: () => pool.tend(),
  })
  const pool: WarmPool = new WarmPool({
    driver,
    removal,
    images,
    clock,
    log,
    size: deps.pool,
    mayGrow: async () => queue.isIdle && engine.health().engine === 'ready' && (await seats.hasMemory(0)),
  })
  const turns = new Turns()
  const idle: IdleWatch = new IdleWatch({
    clock,
    log,
    turns,
    live: () => live.all(),
    // An author looks at a machine from the desk.
    idleOf: ({ record }) =>
      deps.author ? Number.POSITIVE_INFINITY : timesFor(live.labOf(record.id), times).idle,
  })
  const terminals = new TerminalRegistry({
    clock,
    onPullFailed: (session) => void tellPullFailed(session),
  })
  const grader = new Grader({
    store,
    clock,
    log,
    images,
    changed,
    passed: (session, tasks) => checkpoints.passed(session, tasks),
    graded(session, graded) {
      measures.judged(graded)
      author?.graded(session, graded)
    },
  })
  const liveGrading: LiveGrading = new LiveGrading({
    clock,
    log,
    turns,
    grader,
    labOf: (id) => live.labOf(id),
    running: (id) => sessions.running(id),
    changed,
  })
  const answers = new Answers({
    store,
    clock,
    answered(session, task) {
      changed(session)
      liveGrading.answered(session, task)
    },
  })
  const live: LiveSessions = new LiveSessions({
    store,
    driver,
    clock,
    log,
    catalogue,
    answers,
    removal,
    terminals,
    watcher: {
      rows(session, rows) {
        idle.rows(session, rows)
        liveGrading.rows(session, rows)
        author?.rows(session, rows)
      },
      answers: (session) => liveGrading.answers(session),
      takenUp: (session) => liveGrading.takenUp(session),
      left(session) {
        idle.left(session)
        liveGrading.left(session)
      },
    },
    failed: (session, error) => sessions.fail(session, error),
  })
  const checkpoints: Checkpoints = new Checkpoints({
    store,
    driver,
    clock,
    log,
    turns,
    ready: (user, id) => sessions.ready(user, id),
    running: (id) => sessions.running(id),
    changed,
  })
  const reset = new SessionReset({ store, driver, clock, log, live, removal, changed, resumeFailed })
  const resets: Resets = new Resets({
    log,
    turns,
    checkpoints,
    reset,
    ready: (user, id) => sessions.ready(user, id),
  })
  const engine = new HostEngine({
    driver,
    clock,
    log,
    onReady: async () => {
      await sessions.resume()
      void resumeSubmissions()
    },
  })
  const sessions: Sessions = new Sessions({
    store,
    driver,
    images,
    clock,
    log,
    access,
    catalogue,
    answers,
    views,
    removal,
    queue,
    idle,
    pool,
    live,
    companion: resets,
    measures,
    times,
    changed,
    finished: (id) => submissions.finished(id),
    requireEngine: () => engine.require(),
  })

  const grading = new Grading({
    sessions,
    grader,
    turns,
    judged: (session, graded) => liveGrading.judged(session, graded),
  })

  const hints = new Hints({ store, sessions, clock, changed })
  const receipts = new Receipts({ store, access, catalogue, driver, clock, images, ...deps.receipts })
  const submissions: Submissions = new Submissions({
    store,
    access,
    sessions,
    grader,
    turns,
    clock,
    log,
    hooks: {
      ...atSubmission({ store, driver, clock, log, images, grader, checkpoints, receipts, removal }),
      ...deps.atSubmission,
    },
    changed,
  })

  async function resumeSubmissions(): Promise<void> {
    await submissions.resume().catch((err: unknown) => {
      log.error({ err }, 'submissions of an earlier server could not be taken up')
    })
  }

  const author = !deps.author
    ? undefined
    : new AuthorDesk({
        access,
        catalogue,
        clock,
        log,
        turns,
        grader,
        open: () => live.records(),
        running: (id) => sessions.running(id),
        labChanged: (session) => liveGrading.left(session),
        judged: (session, graded) => liveGrading.judged(session, graded),
      })

  async function tellPullFailed(session: string): Promise<void> {
    const record = await store.session(session).catch(() => undefined)
    const lab = record && catalogue.find(record.lab)
    if (!lab) return
    const names = lab.images.map(({ name }) => name).join(', ')
    const text = `There is no internet in here, so nothing can be pulled. These images are already on your machine: ${names}.`
    feed.notice({ session, code: 'pull-failed', text })
  }

  function resumeFailed(session: string, err: unknown): void {
    log.warn({ err, session }, 'a lab was not made to run again after a reset')
    const text =
      'Your machine was set back, but what the lab starts by itself could not be started. Start it by hand, or set the machine back again.'
    feed.notice({ session, code: 'resume-failed', text })
  }

  const deadlines = new Deadlines({
    store,
    clock,
    log,
    submitting: (session) => submissions.underWay(session),
    end: (record) => sessions.endOutOfTime(record),
    changed,
  })
  const sweeper = new Sweeper({
    removal,
    clock,
    log,
    engineReady: () => engine.health().engine === 'ready',
  })

  await engine.start()
  pool.tend()
  checkpoints.start()
  sweeper.start()
  deadlines.start()
  idle.start()
  return {
    author,
    catalogue,
    checkpoints,
    resets,
    labSchema: labJsonSchema(checks),
    engine,
    health: () => ({ ...engine.health(), broken: grader.broken.told() }),
    feed,
    grading,
    hints,
    receipts,
    sessions,
    pool,
    queue,
    submissions,
    terminals,
    localUser,
    stopJudging: () => grader.stop(),
    async close() {
      await engine.close()
      checkpoints.close()
      idle.close()
      await deadlines.close()
      await sweeper.close()
      const graded = Promise.all([liveGrading.close(), submissions.close(), author?.close()])
      await sessions.close()
      await pool.close()
      await graded
    },
  }
}
