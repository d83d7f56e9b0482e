import { access, constants, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import Docker from 'dockerode'
import type { Config } from '../config.ts'
import { DrydockError } from '../errors.ts'
import { engineLayout } from './own-engine/layout.ts'
import { ensureNetwork } from './own-engine/network.ts'
import { startOwnEngine } from './own-engine/start.ts'
import { pingEngine } from './ping.ts'
import { ensurePrograms, type Program } from './programs.ts'
import type { Step } from './report.ts'

const ENGINE_PROGRAMS: readonly Program[] = [
  { name: 'dockerd', packages: ['docker.io'] },
  { name: 'slirp4netns', packages: ['slirp4netns'] },
  { name: 'ip', packages: ['iproute2'] },
  { name: 'iptables', packages: ['iptables'] },
  { name: 'nsenter', packages: ['util-linux'] },
  { name: 'mkfs.ext4', packages: ['e2fsprogs'] },
  { name: 'losetup', packages: ['mount'] },
]

/** Where AppArmor is on, dockerd loads its profile with this program or starts no container. */
const APPARMOR_PROGRAM: Program = { name: 'apparmor_parser', packages: ['apparmor'] }

/** How often an engine that is waited for is asked. */
const ASK_EVERY_MS = 1_000

export interface HostEngine {
  socketPath: string
  /** What this call did for it, for the person who waits. */
  came: string
}

/**
 * Finds the host engine or starts it: the one that the settings name; else Drydock's own. Any other
 * engine of this machine is left alone. Throws `engine-unreachable`, `engine-unsafe` or `host-not-ready`.
 */
export async function ensureHostEngine(
  config: Config,
  step: Step,
  signal?: AbortSignal,
): Promise<HostEngine> {
  const engine = config.dockerSocket
    ? await configuredEngine(config, step, signal)
    : await ownEngine(config, step, signal)
  const docker = new Docker({ socketPath: engine.socketPath, timeout: 10_000 })
  const info = (await docker.info()) as { SecurityOptions?: string[]; ServerVersion?: string }
  const remapped = info.SecurityOptions?.some((option) => option.startsWith('name=userns')) ?? false
  if (!remapped && !config.allowUnmapped) throw new DrydockError('engine-unsafe')
  step.outcome(`${engine.came}: Docker ${info.ServerVersion} at ${engine.socketPath}`)
  return engine
}

async function configuredEngine(config: Config, step: Step, signal?: AbortSignal): Promise<HostEngine> {
  const { dockerSocket: socketPath, engineWaitSeconds: patience } = config
  const started = performance.now()
  const waited = () => Math.round((performance.now() - started) / 1000)
  while (!(await pingEngine(socketPath))) {
    if (waited() >= patience) {
      const after = patience > 0 ? ` after ${patience} s` : ''
      throw new DrydockError(
        'engine-unreachable',
        `No engine answers at ${socketPath} (DRYDOCK_DOCKER)${after}. Start it, or unset DRYDOCK_DOCKER and run this as root to have one of Drydock's own.`,
      )
    }
    step.progress(`waiting for the engine at ${socketPath}, up to ${patience} s`)
    await delay(ASK_EVERY_MS, undefined, { signal })
  }
  return { socketPath, came: 'running' }
}

async function ownEngine(config: Config, step: Step, signal?: AbortSignal): Promise<HostEngine> {
  const layout = engineLayout(config)
  const root = process.getuid?.() === 0
  if (await pingEngine(layout.socket)) {
    if (root) await ensureNetwork(layout)
    return { socketPath: layout.socket, came: 'running' }
  }
  if (process.platform !== 'linux') {
    throw new DrydockError(
      'host-not-ready',
      'An engine of its own needs Linux. Set DRYDOCK_DOCKER to the socket of an engine started with --userns-remap.',
    )
  }
  if (!root) {
    const there = await access(layout.socket, constants.F_OK).then(
      () => ' One is there, but this user may not use it.',
      () => '',
    )
    throw new DrydockError(
      'host-not-ready',
      `Starting the host engine needs root.${there} Run this as root, or set DRYDOCK_DOCKER to the socket of an engine started with --userns-remap.`,
    )
  }
  const apparmor = (
    await readFile('/sys/module/apparmor/parameters/enabled', 'utf8').catch(() => 'N')
  ).startsWith('Y')
  const programs = apparmor ? [...ENGINE_PROGRAMS, APPARMOR_PROGRAM] : ENGINE_PROGRAMS
  const installed = await ensurePrograms(programs, step, signal)
  step.progress('starting')
  await startOwnEngine(layout)
  const came = installed.length > 0 ? `installed ${installed.join(', ')} and started` : 'started'
  return { socketPath: layout.socket, came }
}
