import { labJsonSchema } from '../../labs/lab-json-schema.ts'
import { DrydockError } from '../errors.ts'
import type { UserRecord } from '../store/store.ts'
import { TerminalRegistry } from '../terminal/terminal-registry.ts'
import { Access } from './access.ts'
import { Answers } from './answers.ts'
import { atSubmission } from './at-submission.ts'
import { AuthorDesk } from './author-desk.ts'
import { Checkpoints } from './checkpoints.ts'
import { CpuWatch } from './cpu-watch.ts'
import { Deadlines } from './deadlines.ts'
import { DiskWatch } from './disk-watch.ts'
import { failSession } from './fail-session.ts'
import { Grader } from './grader.ts'
import { Grading } from './grading.ts'
import { Hints } from './hints.ts'
import { hoardWatch } from './hoard-watch.ts'
import { HostEngine } from './host-engine.ts'
import { IdleWatch } from './idle-watch.ts'
import { LiveGrading } from './live-grading.ts'
import { LiveSessions } from './live-sessions.ts'
import { unmeasured } from './measures.ts'
import { Notices } from './notices.ts'
import { Receipts } from './receipts.ts'
import { Resets } from './resets.ts'
import { SandboxRemoval } from './sandbox-removal.ts'
import { Seats } from './seats.ts'
import type { Services, ServicesDeps } from './services.ts'
import { SessionEnds } from './session-ends.ts'
import { SessionFeed } from './session-feed.ts'
import { SessionReset } from './session-reset.ts'
import { resumeSessions } from './session-resume.ts'
import { isSameSize, sizeFor } from './session-size.ts'
import { SessionStarts } from './session-starts.ts'
import { timesFor } from './session-times.ts'
import { SessionViews } from './session-views.ts'
import { Sessions } from './sessions.ts'
import { StartQueue } from './start-queue.ts'
import { Submissions } from './submissions.ts'
import { sweeper } from './sweeper.ts'
import { Turns } from './turns.ts'
import { WarmPool } from './warm-pool.ts'
import { Workplaces } from './workplaces.ts'

const localUser: UserRecord = { id: 'local', name: 'You', role: 'admin' }

/** Puts the rules together and takes up the sessions of an earlier server. Throws `engine-unsafe`, `store-failed`. */
export async function startServices(deps: ServicesDeps): Promise<Services> {
  const { store, driver, catalogue, checks, images, clock, log, times, measures = unmeasured } = deps
  await store.putUser(localUser)

  const access = new Access({
    store,
    clock,
    graceOf: (session) => timesFor(catalogue.find(session.lab), times).grace,
  })
  const views = new SessionViews({
    store,
    catalogue,
    clock,
    times,
    placeOf: (session) => queue.placeOf(session),
    diskOf: (session) => diskWatch.of(session),
    isLive: (...task) => liveGrading.isLive(...task),
  })
  const removal = new SandboxRemoval({ store, driver, log })
  const feed = new SessionFeed({ view: (id) => views.byId(id), log })
  const changed = (id: string) => feed.changed(id)
  const notices = new Notices({ store, catalogue, feed, log })
  const each = sizeFor(undefined, deps.cap)
  const seats = new Seats({ store, driver, most: deps.seats })
  const queue = new StartQueue({
    clock,
    atOnce: () => seats.startsAtOnce(),
    hasRoom: (starting, size) => seats.hasRoom(starting, size, isSameSize(size, each) ? pool.ready : 0),
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
    each,
    mayGrow: async () =>
      queue.isIdle && engine.health().engine === 'ready' && (await seats.hasMemory([], each)),
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
    onPullFailed: (session) => void notices.pullFailed(session),
    onBytes: (direction, bytes) => measures.terminal(direction, bytes),
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
    running: (id) => workplaces.running(id),
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
      answers(session) {
        notices.engineAnswers(session)
        liveGrading.answers(session)
      },
      silent: (session) => notices.engineSilent(session),
      takenUp: (session) => liveGrading.takenUp(session),
      left(session) {
        notices.left(session)
        idle.left(session)
        liveGrading.left(session)
      },
    },
    failed: (session, error) => failSession({ store, clock, log, changed }, session, error),
  })
  const requireEngine = () => engine.require()
  const workplaces = new Workplaces({ store, access, catalogue, idle, live, requireEngine })
  const checkpoints: Checkpoints = new Checkpoints({
    store,
    driver,
    clock,
    log,
    turns,
    workplaces,
    changed,
  })
  const reset = new SessionReset({ store, driver, clock, log, live, removal, changed, notices })
  const companion = new Resets({ log, turns, checkpoints, reset, workplaces })
  const starts = new SessionStarts({
    store,
    driver,
    images,
    clock,
    log,
    pool,
    queue,
    live,
    removal,
    measures,
    times,
    changed,
  })
  const ends = new SessionEnds({ store, clock, log, live, queue, removal, companion, starts, changed })
  const engine = new HostEngine({
    driver,
    clock,
    log,
    onReady: async () => {
      await resumeSessions({ store, clock, log, catalogue, companion, ends, live, removal, starts, changed })
      void resumeSubmissions()
    },
  })
  const sessions = new Sessions({
    store,
    clock,
    access,
    catalogue,
    images,
    answers,
    views,
    queue,
    starts,
    ends,
    workplaces,
    times,
    cap: deps.cap,
    changed,
    requireEngine,
    finished: (id) => submissions.finished(id),
  })

  const grading = new Grading({
    sessions,
    workplaces,
    grader,
    turns,
    judged: (session, graded) => liveGrading.judged(session, graded),
  })

  const hints = new Hints({ store, sessions, workplaces, clock, changed })
  const receipts = new Receipts({ store, access, catalogue, driver, clock, images, ...deps.receipts })
  const submissions: Submissions = new Submissions({
    store,
    access,
    sessions,
    workplaces,
    ends,
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
        running: (id) => workplaces.running(id),
        labChanged: (session) => liveGrading.left(session),
        judged: (session, graded) => liveGrading.judged(session, graded),
      })

  const deadlines = new Deadlines({
    store,
    clock,
    log,
    submitting: (session) => submissions.underWay(session),
    end: (record) => ends.end(record, { outOfTime: true }),
    changed,
  })
  const engineReady = () => engine.health().engine === 'ready'
  const sweeps = sweeper({ removal, clock, log, engineReady })
  const diskWatch = new DiskWatch({ driver, clock, log, live: () => live.all(), engineReady, changed })
  const cpuWatch = new CpuWatch({ driver, clock, log, engineReady })
  const hoards = hoardWatch({
    store,
    driver,
    clock,
    log,
    engineReady,
    giveUp: (record, reason) => live.giveUp(record, reason),
  })

  /** Sessions go on; what is still starting is undone. */
  async function letGoOfSessions(): Promise<void> {
    const stopped = new DrydockError('sandbox-failed', 'The server was stopped.')
    await starts.close(stopped)
    await companion.stopAll(stopped)
    await live.close(stopped)
    await ends.settled()
  }

  await engine.start()
  pool.tend()
  checkpoints.start()
  sweeps.start()
  deadlines.start()
  idle.start()
  hoards.start()
  cpuWatch.start()
  diskWatch.start()
  return {
    author,
    catalogue,
    checkpoints,
    resets: companion,
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
    workplaces,
    localUser,
    stopJudging: () => grader.stop(),
    async close() {
      await engine.close()
      checkpoints.close()
      idle.close()
      await deadlines.close()
      await sweeps.close()
      await hoards.close()
      await cpuWatch.close()
      await diskWatch.close()
      const graded = Promise.all([liveGrading.close(), submissions.close(), author?.close()])
      await letGoOfSessions()
      await pool.close()
      await graded
    },
  }
}
