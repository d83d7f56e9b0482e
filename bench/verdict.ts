import { io, type Socket } from 'socket.io-client'
import type { Command } from '../server/cli/command.ts'
import { systemClock } from '../server/clock.ts'
import type { ClientToServer, ServerToClient } from '../server/contract/realtime.ts'
import type { Session } from '../server/contract/session.ts'
import { checkContext } from '../server/engine/check-context.ts'
import { lineReport, silentReport } from '../server/host/report.ts'
import { gradeTasks } from '../server/services/grade-tasks.ts'
import type { LiveSession } from '../server/services/live-session.ts'
import { runScript } from '../server/services/run-script.ts'
import type { UserRecord } from '../server/store/store.ts'
import { type VerdictPlace, verdictPlace } from './verdict-place.ts'

/** Beside the floor, at p95. Milliseconds. */
const GOAL_MS = 300
const ACTIONS = 40
const SESSIONS = [1, 30]
const STARTED_AT_ONCE = 4
/** What sandboxes do after their start is over then. */
const CALM_MS = 10_000
/** Nothing of an action takes so long. */
const LIMIT_MS = 60_000
/** After green the machine is looked at; the floor is measured when that is over. */
const SETTLE_MS = 500
/** How often each session acts: with one as fast as a person could, with many now and then. Milliseconds. */
const pauseMs = (sessions: number) => (sessions === 1 ? 2_000 : 15_000)

interface Student {
  user: UserRecord
  session: string
  live: LiveSession
}

interface Sample {
  /** From the event in the engine to the green task in the feed. Milliseconds. */
  green: number
  /** To the green task at a browser; of the one student whom a socket follows. */
  seen: number | undefined
  /** The same checks run by hand, when all is there that they ask for. */
  floor: number
}

/** Watches tasks turn green: `at` resolves with the time, counted from the call on. */
interface Watch {
  green(session: string): Promise<number>
  left(session: string): Promise<number>
}

function watchOf(listen: (told: (session: Session) => void) => () => void): Watch {
  const when = (id: string, wanted: (status: string | undefined) => boolean) =>
    new Promise<number>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`A task of ${id} did not change in time`)), LIMIT_MS)
      const stop = listen((session) => {
        const status = session.tasks.find(({ task }) => task === 'kept')?.status
        if (session.id !== id || !wanted(status)) return
        clearTimeout(late)
        stop()
        resolve(Date.now())
      })
    })
  return {
    green: (id) => when(id, (status) => status === 'passed'),
    left: (id) => when(id, (status) => status !== 'passed'),
  }
}

async function start(place: VerdictPlace, count: number): Promise<Student[]> {
  const { services, store } = place
  const users: UserRecord[] = [services.localUser]
  for (let n = 1; n < count; n += 1) users.push({ id: `student-${n}`, name: `Student ${n}`, role: 'student' })
  const students: Student[] = []
  const work = async () => {
    for (let user = users.shift(); user; user = users.shift()) {
      await store.putUser(user)
      const { session } = await services.sessions.start(user, 'bench')
      for (;;) {
        const { state, problem } = await services.sessions.get(user, session.id)
        if (state === 'ready') break
        if (state === 'failed') throw new Error(`A session did not start: ${problem?.detail}`)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      const { live } = await services.workplaces.ready(user, session.id)
      students.push({ user, session: session.id, live })
    }
  }
  await Promise.all(Array.from({ length: STARTED_AT_ONCE }, work))
  await new Promise((resolve) => setTimeout(resolve, CALM_MS))
  return students
}

/** One action of a student: starts the container and waits for green, runs the checks by hand, and ends it again. */
async function act(
  place: VerdictPlace,
  student: Student,
  feed: Watch,
  browser: Watch | undefined,
): Promise<Sample> {
  const { session, live } = student
  const green = feed.green(session)
  const seen = browser?.green(session)
  await docker(live, 'docker start kept')
  const [greenAt, seenAt] = await Promise.all([green, seen])
  const rows = await place.store.journal(session)
  const started = rows.findLast((row) => row.kind === 'event' && row.action === 'start')
  if (!started) throw new Error('No start event')
  const eventAt = Number(BigInt(started.timeNano) / 1_000n) / 1_000
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
  const floor = await byHand(place, student, rows)
  const left = feed.left(session)
  await docker(live, 'docker stop --time 2 kept')
  await left
  return { green: greenAt - eventAt, seen: seenAt === undefined ? undefined : seenAt - eventAt, floor }
}

async function byHand(
  place: VerdictPlace,
  { live }: Student,
  rows: Awaited<ReturnType<VerdictPlace['store']['journal']>>,
): Promise<number> {
  const lab = place.services.catalogue.lab('bench')
  const context = {
    engine: live.engine,
    journal: { flush: async () => {} },
    readRows: async () => rows,
    sandbox: live.sandbox,
    answers: new Map(),
    images: place.images,
    seed: live.record.seed,
    clock: systemClock,
  }
  const task = lab.tasks.filter(({ id }) => id === 'kept')
  const began = performance.now()
  const deps = {
    checks: lab.checks,
    contextFor: (signal: AbortSignal) => checkContext(context, signal),
    clock: systemClock,
  }
  const [graded] = await gradeTasks(deps, task)
  const ms = performance.now() - began
  if (graded?.status !== 'passed') throw new Error(`By hand the task is ${graded?.status} (${graded?.code})`)
  return ms
}

async function docker(live: LiveSession, script: string): Promise<void> {
  const ran = await runScript(live.sandbox, script, {
    clock: systemClock,
    timeoutMs: 60_000,
    maxBytes: 10_000,
  })
  if (ran.exitCode !== 0) throw new Error(`${script}: ${ran.output}`)
}

async function measure(
  place: VerdictPlace,
  students: readonly Student[],
  actions: number,
  signal: AbortSignal,
): Promise<Sample[]> {
  const samples: Sample[] = []
  const feed = watchOf((told) => place.services.feed.listen({ session: told, notice() {} }))
  const socket: Socket<ServerToClient, ClientToServer> = io(place.url, { transports: ['websocket'] })
  try {
    const mine = students.find(({ user }) => user.id === place.services.localUser.id)
    if (mine) await socket.emitWithAck('session:watch', { session: mine.session })
    const browser = watchOf((told) => {
      socket.on('session', told)
      return () => socket.off('session', told)
    })
    const pause = pauseMs(students.length)
    let left = actions
    await Promise.all(
      students.map(async (student, n) => {
        // Spread over the time of one pause, so that they do not act as one.
        await new Promise((resolve) => setTimeout(resolve, (pause * n) / students.length))
        // First passes count, with the checkpoint that each makes: they are what a student waits for.
        while (left > 0 && !signal.aborted) {
          left -= 1
          const began = Date.now()
          samples.push(await act(place, student, feed, student === mine ? browser : undefined))
          await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + pause - Date.now())))
        }
      }),
    )
    return samples
  } finally {
    socket.close()
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN)
}

function summary(sessions: number, samples: readonly Sample[]) {
  const of = (values: readonly number[]) => ({ p50: percentile(values, 0.5), p95: percentile(values, 0.95) })
  const green = of(samples.map((each) => each.green))
  const floor = of(samples.map((each) => each.floor))
  return {
    sessions,
    actions: samples.length,
    floor,
    green,
    browser: of(samples.flatMap(({ seen }) => seen ?? [])),
    ratio: { p50: round(green.p50 / floor.p50), p95: round(green.p95 / floor.p95) },
    beside: of(samples.map((each) => each.green - each.floor)),
  }
}

const round = (value: number) => Math.round(value * 100) / 100

/**
 * How soon a task turns green after the event that makes it so, with 1 and with 30 sessions that act, beside the time of
 * its checks alone. Arguments: `--json`, `--actions N`, `--sessions N`. Exit code 1 when p95 is over the goal.
 */
const verdict: Command = async ({ args, print, signal }) => {
  const json = args.includes('--json')
  const number = (name: string) => (args.includes(name) ? Number(args[args.indexOf(name) + 1]) : undefined)
  const actions = number('--actions') ?? ACTIONS
  const only = number('--sessions')
  await using place = await verdictPlace(json ? silentReport : lineReport(print))
  const results = []
  for (const sessions of only === undefined ? SESSIONS : [only]) {
    const students = await start(place, sessions)
    try {
      results.push(summary(sessions, await measure(place, students, actions, signal)))
    } finally {
      await Promise.all(students.map(({ user, session }) => place.services.sessions.end(user, session)))
    }
    if (!json) print(table(results.slice(-1)))
  }
  if (json) print(JSON.stringify({ goalMs: GOAL_MS, results }))
  return results.every(({ beside }) => beside.p95 <= GOAL_MS) ? 0 : 1
}

function table(results: readonly ReturnType<typeof summary>[]): string {
  const line = (name: string, { p50, p95 }: { p50: number; p95: number }, unit = ' ms') =>
    `  ${name.padEnd(24)} p50 ${p50}${unit}, p95 ${p95}${unit}`
  return results
    .flatMap(({ sessions, actions, floor, green, browser, ratio, beside }) => [
      `event to green, ${sessions} ${sessions === 1 ? 'session' : 'sessions'}, ${actions} actions`,
      line('floor, checks alone', floor),
      line('Drydock', green),
      line('at a browser', browser),
      line('ratio', ratio, ''),
      `${line('beside the floor', beside)} (goal: p95 at most ${GOAL_MS} ms)`,
    ])
    .join('\n')
}

export default verdict
