import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from '../server/cli/command.ts'
import { lineReport, silentReport } from '../server/host/report.ts'
import { bareExec, percentile, toPrompt } from './to-prompt.ts'
import { verdictPlace } from './verdict-place.ts'

const RUNS = 15
/** At p50, in milliseconds, and against a bare `docker exec` of the same shell. */
const GOAL_MS = 150
const GOAL_RATIO = 2
/** What setup.sh and the making of the next do to the machine is over then. */
const CALM_MS = 1_500

/**
 * From the request to the first prompt of a terminal, one person at a time, with a sandbox started ahead; each beside a bare
 * `docker exec` of the same shell in the same sandbox. Arguments: `--json`, `--runs N`. Exit code 1 when a goal is missed.
 */
const claim: Command = async ({ args, print, signal }) => {
  const json = args.includes('--json')
  const runs = args.includes('--runs') ? Number(args[args.indexOf('--runs') + 1]) : RUNS
  await using place = await verdictPlace(json ? silentReport : lineReport(print), { floor: 1, ceiling: 1 })
  const { services, config, host } = place
  const ours: number[] = []
  const floors: number[] = []
  for (let run = 0; run < runs && !signal.aborted; run += 1) {
    while (services.pool.ready < 1) await wait(50)
    await wait(CALM_MS)
    const { user, session, sandbox, ms } = await toPrompt(place, services.localUser)
    ours.push(ms)
    while (services.pool.ready < 1) await wait(50)
    await wait(CALM_MS)
    floors.push(await bareExec(host.socketPath, `drydock-${config.installation}-${sandbox}`))
    await services.sessions.end(user, session)
  }
  const result = {
    runs: ours.length,
    floor: { p50: percentile(floors, 0.5), p95: percentile(floors, 0.95) },
    drydock: { p50: percentile(ours, 0.5), p95: percentile(ours, 0.95) },
    ratio: Math.round((percentile(ours, 0.5) / percentile(floors, 0.5)) * 100) / 100,
    goal: { p50: GOAL_MS, ratio: GOAL_RATIO },
  }
  const text = [
    `claim of a sandbox to the first prompt, ${result.runs} runs`,
    `  floor, docker exec   p50 ${result.floor.p50} ms, p95 ${result.floor.p95} ms`,
    `  Drydock              p50 ${result.drydock.p50} ms, p95 ${result.drydock.p95} ms (goal: p50 at most ${GOAL_MS} ms)`,
    `  ratio                ${result.ratio} (goal: at most ${GOAL_RATIO})`,
  ]
  print(json ? JSON.stringify(result) : text.join('\n'))
  return result.drydock.p50 <= GOAL_MS && result.ratio <= GOAL_RATIO ? 0 : 1
}

export default claim
