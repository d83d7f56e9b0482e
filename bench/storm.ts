import { setTimeout as wait } from 'node:timers/promises'
import Docker from 'dockerode'
import type { Command } from '../server/cli/command.ts'
import { lineReport, type Report, silentReport } from '../server/host/report.ts'
import { hostFacts } from '../server/sandbox/docker/host-facts.ts'
import { Floor } from './floor.ts'
import { bareExec, percentile, prompt, toPrompt } from './to-prompt.ts'
import { type VerdictPlace, verdictPlace } from './verdict-place.ts'

const STUDENTS = 30
/** From the first request to the last prompt, in seconds. */
const GOAL_S = { warm: 10, cold: 20 }
/** SANDBOX.md: four at once was the fastest by hand on 2 cores. */
const BY_HAND_AT_ONCE = 4
/** What the starts of a pool do to the machine is over then. */
const CALM_MS = 5_000

interface Storm {
  kind: 'warm' | 'cold'
  students: number
  /** When the last had a prompt, in seconds, and the same by hand. */
  seconds: number
  floorSeconds: number
  /** Of each student, in milliseconds. */
  p50: number
  p95: number
}

const seconds = (since: number) => Math.round((performance.now() - since) / 100) / 10

async function storm(kind: Storm['kind'], students: number, report: Report): Promise<Storm> {
  const size = kind === 'warm' ? students : 0
  await using place = await verdictPlace(report, { floor: size, ceiling: size })
  while (place.services.pool.ready < size) await wait(100)
  await wait(CALM_MS)
  const since = performance.now()
  const begun = await Promise.all(
    Array.from({ length: students }, (_, n) =>
      toPrompt(place, { id: `student-${n}`, name: `Student ${n}`, role: 'student' }),
    ),
  )
  const all = seconds(since)
  await wait(CALM_MS)
  const sandboxes = begun.map(({ sandbox }) => sandbox)
  const floorOfExecs = kind === 'warm' ? await execsByHand(place, sandboxes) : 0
  await Promise.all(begun.map(({ user, session }) => place.services.sessions.end(user, session)))
  const times = begun.map(({ ms }) => ms)
  return {
    kind,
    students,
    seconds: all,
    floorSeconds: kind === 'warm' ? floorOfExecs : await startsByHand(place, students),
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
  }
}

/** A shell in each by a bare `docker exec`, all at once. */
async function execsByHand({ config, host }: VerdictPlace, sandboxes: readonly string[]): Promise<number> {
  const since = performance.now()
  const names = sandboxes.map((id) => `drydock-${config.installation}-${id}`)
  await Promise.all(names.map((name) => bareExec(host.socketPath, name)))
  return seconds(since)
}

/** As many sandboxes with a shell by bare commands, a few at once. */
async function startsByHand({ config, host }: VerdictPlace, count: number): Promise<number> {
  const { socketPath, images } = host
  const { owner } = await hostFacts(new Docker({ socketPath }), config.allowUnmapped)
  const place = { socketPath, owner, image: images.sandbox, ...config }
  const floors = Array.from({ length: count }, (_, number) => new Floor({ ...place, number }))
  const left = [...floors]
  const begun: Floor[] = []
  const work = async () => {
    for (let floor = left.shift(); floor; floor = left.shift()) {
      begun.push(floor)
      await floor.start()
      const shell = floor.openShell()
      if (shell.stdout) await prompt(shell.stdout)
      shell.kill()
    }
  }
  const since = performance.now()
  try {
    await Promise.all(Array.from({ length: BY_HAND_AT_ONCE }, work))
    return seconds(since)
  } finally {
    await Promise.allSettled(begun.map((floor) => floor.remove()))
  }
}

/**
 * Thirty students start at once: from a pool of as many, and with no pool; each until the last has a prompt, beside the same by
 * bare commands. Arguments: `--json`, `--students N`, `--only warm|cold`. Exit code 1 when a goal is missed.
 */
const command: Command = async ({ args, print }) => {
  const json = args.includes('--json')
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined)
  const students = Number(option('--students') ?? STUDENTS)
  const results: Storm[] = []
  for (const kind of ['warm', 'cold'] as const) {
    if (option('--only') !== undefined && option('--only') !== kind) continue
    results.push(await storm(kind, students, json ? silentReport : lineReport(print)))
    if (!json) print(results.slice(-1).map(line).join('\n'))
  }
  if (json) print(JSON.stringify({ goalSeconds: GOAL_S, results }))
  return results.every(({ kind, seconds: took }) => took <= GOAL_S[kind]) ? 0 : 1
}

const line = ({ kind, students, seconds: took, floorSeconds, p50, p95 }: Storm) =>
  [
    `${students} starts at once, ${kind}`,
    `  floor, by hand   ${floorSeconds} s`,
    `  Drydock          ${took} s (goal: at most ${GOAL_S[kind]} s), p50 ${p50} ms, p95 ${p95} ms`,
  ].join('\n')

export default command
