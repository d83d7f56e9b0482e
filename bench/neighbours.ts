import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { pino } from 'pino'
import type { Command } from '../server/cli/command.ts'
import { systemClock } from '../server/clock.ts'
import { loadConfig } from '../server/config.ts'
import { prepareHost } from '../server/host/prepare.ts'
import { lineReport, silentReport } from '../server/host/report.ts'
import { DockerSandboxDriver } from '../server/sandbox/docker/docker-driver.ts'
import type { Sandbox } from '../server/sandbox/sandbox-driver.ts'
import { newSandboxId } from '../server/sandbox/sandbox-id.ts'
import { CpuWatch } from '../server/services/cpu-watch.ts'
import { percentile } from './to-prompt.ts'

const RUNS = 100
/** How much longer the slowest of a hundred may take while somebody attacks. */
const GOAL_RATIO = 1.5
/** Who keeps cores busy for so long has begun to yield. Milliseconds. */
const SETTLED_MS = 10_000

/** What a student with root does, by mistake or not; each goes on until its sandbox ends. */
const attacks = {
  // A bomb of bash waits once it is at the limit of processes; these go on.
  'fork waves': 'for _ in $(seq 60); do while :; do /bin/true; done & done; wait',
  'memory hog': 'while :; do tail /dev/zero; done',
  'disk filler': 'while :; do dd if=/dev/zero of=/home/student/full bs=1M; rm -f /home/student/full; done',
  'CPU burner': 'for _ in 1 2 3 4 5 6 7 8; do while :; do :; done & done; wait',
} as const
type Attack = keyof typeof attacks

async function execs(neighbour: Sandbox): Promise<number[]> {
  const times: number[] = []
  for (let run = 0; run < RUNS; run += 1) {
    const began = performance.now()
    const { stream, exit } = await neighbour.exec({ argv: ['/opt/drydock/bin/busybox', 'true'] })
    stream.resume()
    await exit
    times.push(performance.now() - began)
  }
  return times
}

/**
 * How long a program in one sandbox takes while others do their worst: a hundred, one after the other, before and during each
 * attack. The floor is the same sandbox before. Arguments: `--json`. Exit code 1 when the goal is missed.
 */
const neighbours: Command = async ({ args, print, signal }) => {
  const json = args.includes('--json')
  const config = { ...loadConfig(), installation: `bench-${randomBytes(3).toString('hex')}` }
  const host = await prepareHost(config, json ? silentReport : lineReport(print), signal)
  const driver = new DockerSandboxDriver({
    ...host,
    ...config,
    clock: systemClock,
    log: pino({ level: 'silent' }),
  })
  const watch = new CpuWatch({
    driver,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    engineReady: () => true,
  })
  watch.start()
  const make = () => driver.create({ id: newSandboxId(), hostname: 'bench', motd: '' })
  const results: Result[] = []
  try {
    const neighbour = await make()
    const rounds: Attack[][] = [
      ...(Object.keys(attacks) as Attack[]).map((each) => [each]),
      Object.keys(attacks) as Attack[],
    ]
    for (const round of rounds) {
      signal.throwIfAborted()
      const attackers = await Promise.all(round.map(make))
      await execs(neighbour)
      const before = numbers(await execs(neighbour))
      const begun = attackers.map((attacker, at) =>
        attacker.exec({
          argv: ['/bin/bash', '-c', `exec > /dev/null 2>&1 < /dev/null; ${attacks[round[at] as Attack]}`],
          env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
        }),
      )
      for (const { stream } of await Promise.all(begun)) stream.on('error', () => undefined).resume()
      const first = numbers(await execs(neighbour))
      await wait(SETTLED_MS)
      const [since, used] = [performance.now(), await cpuSeconds(attackers)]
      const during = numbers(await execs(neighbour))
      const cores = rounded(((await cpuSeconds(attackers)) - used) / ((performance.now() - since) / 1_000))
      results.push({
        attack: round.length > 1 ? 'all four' : (round[0] as string),
        before,
        first,
        during,
        firstRatio: rounded(first.p99 / before.p99),
        ratio: rounded(during.p99 / before.p99),
        cores,
      })
      await Promise.all(attackers.map((attacker) => attacker.destroy()))
    }
  } finally {
    await watch.close()
    await driver.sweep(new Set())
    await driver.close()
  }
  const lines = results.map(
    ({ attack, before, first, during, firstRatio, ratio, cores }) =>
      `  ${attack.padEnd(12)} before p50 ${before.p50}, p99 ${before.p99} ms; at first ${first.p50}, ${first.p99} ms, ratio ${firstRatio}; later ${during.p50}, ${during.p99} ms, ratio ${ratio}; attackers used ${cores} cores`,
  )
  const title = `a program in a neighbour's sandbox, ${RUNS} runs (goal: p99 at most ${GOAL_RATIO} times as long)`
  print(json ? JSON.stringify({ goalRatio: GOAL_RATIO, results }) : [title, ...lines].join('\n'))
  return results.every(({ firstRatio, ratio }) => Math.max(firstRatio, ratio) <= GOAL_RATIO) ? 0 : 1
}

const rounded = (value: number) => Math.round(value * 100) / 100

/** That the sandboxes have used together. */
async function cpuSeconds(sandboxes: readonly Sandbox[]): Promise<number> {
  const all = await Promise.all(sandboxes.map((each) => each.stats()))
  return all.reduce((sum, { cpuNanos }) => sum + cpuNanos, 0) / 1e9
}

interface Result {
  attack: string
  before: Numbers
  /** Of the hundred with which the attack begins, and of a hundred after it has gone on for a while. */
  first: Numbers
  during: Numbers
  firstRatio: number
  ratio: number
  cores: number
}

interface Numbers {
  p50: number
  p99: number
}

const numbers = (times: readonly number[]): Numbers => ({
  p50: percentile(times, 0.5),
  p99: percentile(times, 0.99),
})

export default neighbours
