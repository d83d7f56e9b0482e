import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import Docker from 'dockerode'
import type { Command } from '../server/cli/command.ts'
import { systemClock } from '../server/clock.ts'
import { loadConfig } from '../server/config.ts'
import { prepareHost } from '../server/host/prepare.ts'
import { lineReport, silentReport } from '../server/host/report.ts'
import { DockerSandboxDriver } from '../server/sandbox/docker/docker-driver.ts'
import { hostFacts } from '../server/sandbox/docker/host-facts.ts'
import type { Sandbox } from '../server/sandbox/sandbox-driver.ts'
import { Floor } from './floor.ts'
import { prompt } from './to-prompt.ts'

const GOAL = 1.25
const RUNS = 7
const IDLE_SANDBOXES = 4

type Timed = Record<string, number>

const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

async function timeFloor(floor: Floor): Promise<Timed> {
  const since = performance.now()
  try {
    await floor.start()
    const engine = performance.now() - since
    const shell = floor.openShell()
    await prompt(shell.stdout as Readable)
    const total = performance.now() - since
    shell.kill()
    return { engine, total }
  } finally {
    await floor.remove()
  }
}

async function timeDriver(driver: DockerSandboxDriver): Promise<Timed> {
  const times: Timed = {}
  const since = performance.now()
  const sandbox = await driver.create(newSpec(), {
    onStep: ({ name, ms }) => Object.assign(times, { [name]: ms }),
  })
  try {
    times.toEngine = performance.now() - since
    const shell = await sandbox.exec({ argv: ['/opt/drydock/bin/shell'], tty: { cols: 80, rows: 24 } })
    await prompt(shell.stream)
    times.total = performance.now() - since
  } finally {
    const end = performance.now()
    await sandbox.destroy()
    times.teardown = performance.now() - end
  }
  return times
}

const newSpec = () => ({ id: randomBytes(8).toString('hex'), hostname: 'harbour', motd: 'bench' })

/** Resident memory that a shim has for itself, in bytes: what a sandbox costs the host outside its own cgroup. */
function shimBytes(containerId: string): number {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const cmdline = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      if (!cmdline.includes('containerd-shim') || !cmdline.includes(containerId)) continue
      return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) * 1024
    } catch {
      // Processes end while they are read.
    }
  }
  return 0
}

async function idleMemory(
  driver: DockerSandboxDriver,
  docker: Docker,
): Promise<{ sandbox: number; shim: number }> {
  const sandboxes: Sandbox[] = []
  try {
    for (let i = 0; i < IDLE_SANDBOXES; i++) sandboxes.push(await driver.create(newSpec()))
    const own = await Promise.all(sandboxes.map(async (sandbox) => (await sandbox.stats()).memoryBytes))
    const containers = await Promise.all(
      sandboxes.map(({ id }) => docker.listContainers({ filters: { label: [`drydock.sandbox=${id}`] } })),
    )
    return {
      sandbox: median(own),
      shim: median(containers.map(([container]) => shimBytes(container?.Id ?? ''))),
    }
  } finally {
    for (const sandbox of sandboxes) await sandbox.destroy()
  }
}

/**
 * Cold starts to the first prompt of a terminal, alternating with the floor of bare commands, and the memory of an idle
 * sandbox. Arguments: `--json`, `--runs N`. Exit code 1 when the ratio of the medians is over the goal.
 */
const start: Command = async ({ args, print, signal }) => {
  const json = args.includes('--json')
  const runs = args.includes('--runs') ? Number(args[args.indexOf('--runs') + 1]) : RUNS
  const installation = `bench-${randomBytes(3).toString('hex')}`
  const config = loadConfig({ ...process.env, DRYDOCK_INSTALLATION: installation })
  const host = await prepareHost(config, json ? silentReport : lineReport(print))
  const log = {
    info() {},
    warn: (fields: object, message: string) => print(`${message} ${JSON.stringify(fields)}`),
  }
  const driver = new DockerSandboxDriver({ ...host, ...config, clock: systemClock, log })
  const docker = new Docker({ socketPath: host.socketPath })
  const floors: Timed[] = []
  const ours: Timed[] = []
  try {
    await driver.prepare()
    const { owner } = await hostFacts(docker, config.allowUnmapped)
    const place = {
      socketPath: host.socketPath,
      hostDir: config.hostDir,
      installation,
      image: host.images.sandbox,
      owner,
    }
    const floor = new Floor(place)
    for (let i = 0; i < runs && !signal.aborted; i++) {
      floors.push(await timeFloor(floor))
      ours.push(await timeDriver(driver))
      if (!json) print(`run ${i + 1}: floor ${ms(floors.at(-1)?.total)}, Drydock ${ms(ours.at(-1)?.total)}`)
    }
    const memory = await idleMemory(driver, docker)
    const p50 = (rows: Timed[], name: string) =>
      Math.round(median(rows.map((row) => row[name] ?? Number.NaN)))
    const result = {
      runs: ours.length,
      floor: { engine: p50(floors, 'engine'), prompt: p50(floors, 'total') },
      drydock: {
        disk: p50(ours, 'disk'),
        sandbox: p50(ours, 'sandbox'),
        engine: p50(ours, 'engine'),
        prompt: p50(ours, 'total'),
        teardown: p50(ours, 'teardown'),
      },
      ratio: Math.round((p50(ours, 'total') / p50(floors, 'total')) * 100) / 100,
      goal: GOAL,
      idleMemoryMiB: { sandbox: memory.sandbox >> 20, shim: memory.shim >> 20 },
    }
    print(json ? JSON.stringify(result) : table(result))
    return result.ratio <= GOAL ? 0 : 1
  } finally {
    await driver.sweep(new Set())
    await driver.close()
  }
}

const ms = (value: number | undefined) => `${Math.round(value ?? Number.NaN)} ms`

function table({
  runs,
  floor,
  drydock,
  ratio,
  goal,
  idleMemoryMiB,
}: {
  runs: number
  floor: { engine: number; prompt: number }
  drydock: { disk: number; sandbox: number; engine: number; prompt: number; teardown: number }
  ratio: number
  goal: number
  idleMemoryMiB: { sandbox: number; shim: number }
}): string {
  return [
    `cold start to the first prompt, median of ${runs}`,
    `  floor, bare commands   ${ms(floor.prompt)} (engine answers after ${ms(floor.engine)})`,
    `  Drydock                ${ms(drydock.prompt)} (disk ${ms(drydock.disk)}, sandbox ${ms(drydock.sandbox)}, engine ${ms(drydock.engine)})`,
    `  ratio                  ${ratio} (goal: at most ${goal})`,
    `teardown                 ${ms(drydock.teardown)}`,
    `memory, idle sandbox     ${idleMemoryMiB.sandbox} MiB and ${idleMemoryMiB.shim} MiB for its shim`,
  ].join('\n')
}

export default start
