import { setTimeout as wait } from 'node:timers/promises'
import Docker from 'dockerode'
import type { Command } from '../server/cli/command.ts'
import { lineReport, type Report, silentReport } from '../server/host/report.ts'
import { hostFacts } from '../server/sandbox/docker/host-facts.ts'
import { Floor } from './floor.ts'
import { busyCores, engineRss, memoryAvailable, ownRss } from './machine.ts'
import { percentile, prompt, toPrompt } from './to-prompt.ts'
import { type VerdictPlace, verdictPlace } from './verdict-place.ts'

const MOST = 200
/** Starts that one row tells about. */
const WINDOW = 20
/** Bare starts beside each row. */
const FLOORS = 5
/** What a start leaves behind is done then. */
const CALM_MS = 15_000
/** A start that takes longer waits for room that does not come. */
const STUCK_MS = 60_000
const GOAL = { sandboxMb: 55, p95Ratio: 2, serverMb: 250 }

interface Row {
  sandboxes: number
  /** Of the last starts to a prompt, in milliseconds, and of bare ones beside them. */
  p50: number
  p95: number
  floorP50: number
  /** All that the machine has less than before, for each sandbox, in MB. */
  sandboxMb: number
  serverMb: number
  /** dockerd and its containerd; null where the engine is not Drydock's own. */
  engineMb: number | null
  /** Cores that are busy while nobody does anything. */
  idleCores: number
}

interface Density {
  rows: Row[]
  /** What kept the next from starting; null when as many as were asked for run. */
  bit: string | null
}

async function density(most: number, report: Report, told: (row: Row) => void): Promise<Density> {
  await using place = await verdictPlace(report)
  const before = memoryAvailable()
  const rows: Row[] = []
  let sandboxes = 0
  while (sandboxes < most) {
    const times: number[] = []
    while (times.length < WINDOW && sandboxes < most) {
      try {
        times.push(await oneMore(place, sandboxes))
      } catch (error) {
        return { rows, bit: `at ${sandboxes}: ${error instanceof Error ? error.message : error}` }
      }
      sandboxes += 1
    }
    await wait(CALM_MS)
    const row = {
      sandboxes,
      p50: percentile(times, 0.5),
      p95: percentile(times, 0.95),
      sandboxMb: Math.round(((before - memoryAvailable()) / sandboxes) * 10) / 10,
      serverMb: ownRss(),
      engineMb: engineRss(place.config),
      idleCores: await busyCores(CALM_MS),
      floorP50: percentile(await bareStarts(place), 0.5),
    }
    rows.push(row)
    told(row)
  }
  return { rows, bit: null }
}

/** Resolves with the milliseconds to its prompt when the lab in it is prepared; its shell is closed again. */
async function oneMore(place: VerdictPlace, number: number): Promise<number> {
  const user = { id: `student-${number}`, name: `Student ${number}`, role: 'student' as const }
  const begun = toPrompt(place, user)
  const stuck = wait(STUCK_MS, undefined, { ref: false }).then(() => {
    throw new Error('no room came for another: the queue does not let it in')
  })
  const { session, ms } = await Promise.race([begun, stuck])
  await place.services.terminals.closeSession(session)
  while ((await place.services.sessions.get(user, session)).state !== 'ready') await wait(50)
  return ms
}

/** Starts by bare commands up to a prompt, one after the other; each is removed again. */
async function bareStarts({ config, host }: VerdictPlace): Promise<number[]> {
  const { socketPath, images } = host
  const { owner } = await hostFacts(new Docker({ socketPath }), config.allowUnmapped)
  const times: number[] = []
  for (let number = 0; number < FLOORS; number += 1) {
    const floor = new Floor({ socketPath, owner, image: images.sandbox, ...config, number })
    const since = performance.now()
    try {
      await floor.start()
      const shell = floor.openShell()
      if (shell.stdout) await prompt(shell.stdout)
      times.push(performance.now() - since)
      shell.kill()
    } finally {
      await floor.remove()
    }
  }
  return times
}

/**
 * Starts sandboxes one after the other until something bites, and tells what they take while nobody does anything. Arguments:
 * `--json`, `--most N`. Exit code 1 when a goal is missed.
 */
const command: Command = async ({ args, print }) => {
  const json = args.includes('--json')
  const most = args.includes('--most') ? Number(args[args.indexOf('--most') + 1]) : MOST
  const result = await density(most, json ? silentReport : lineReport(print), (row) => {
    if (!json) print(line(row))
  })
  const [first, last] = [result.rows[0], result.rows.at(-1)]
  if (!first || !last) throw new Error(`Too few sandboxes for a row: ${result.bit ?? most}`)
  const p95Ratio = Math.round((last.p95 / first.p95) * 100) / 100
  const holds =
    result.bit === null &&
    last.sandboxMb <= GOAL.sandboxMb &&
    last.serverMb <= GOAL.serverMb &&
    p95Ratio <= GOAL.p95Ratio
  if (json) print(JSON.stringify({ goal: GOAL, ...result, p95Ratio, holds }))
  else
    print(
      [
        `p95 at ${last.sandboxes} against ${first.sandboxes}: ${p95Ratio} (goal: at most ${GOAL.p95Ratio})`,
        `what bit: ${result.bit ?? 'nothing'}`,
        `goals: ${GOAL.sandboxMb} MB a sandbox, server ${GOAL.serverMb} MB: ${holds ? 'all hold' : 'missed'}`,
      ].join('\n'),
    )
  return holds ? 0 : 1
}

const line = (row: Row) =>
  [
    `${row.sandboxes} sandboxes: start p50 ${row.p50} ms, p95 ${row.p95} ms (floor p50 ${row.floorP50} ms)`,
    `  ${row.sandboxMb} MB each, server ${row.serverMb} MB, engine ${row.engineMb ?? '?'} MB, ${row.idleCores} cores busy when idle`,
  ].join('\n')

export default command
