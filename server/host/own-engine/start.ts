import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { DrydockError } from '../../errors.ts'
import type { EngineNetworks } from '../addresses.ts'
import { startDetached } from '../detached.ts'
import { pingEngine } from '../ping.ts'
import { ownerOfPidFile } from '../processes.ts'
import type { EngineLayout } from './layout.ts'
import { ensureNetwork } from './network.ts'
import { makeRunDir } from './run-dir.ts'

const ANSWERS_WITHIN_MS = 60_000

/**
 * Starts dockerd in its own network namespace and waits until it answers. It outlives this process.
 * Containers that ran when an earlier one was killed go on. `other`: lines of daemon.json instead of Drydock's. Throws `host-not-ready` with the end of its log.
 */
export async function startOwnEngine(
  layout: EngineLayout,
  other: Record<string, unknown> = {},
): Promise<void> {
  await makeRunDir(layout)
  await mkdir(layout.engineDir, { recursive: true, mode: 0o711 })
  const networks = await ensureNetwork(layout)
  await ownerOfPidFile(layout.containerdPid, `${layout.execRoot}/containerd/containerd.toml`)
  if (await ownerOfPidFile(layout.enginePid, layout.daemonConfig))
    return await untilItAnswers(layout, new Promise(() => {}))
  await rm(layout.socket, { force: true })
  await writeFile(
    layout.daemonConfig,
    JSON.stringify({ ...daemonConfig(layout, networks), ...other }, null, 2),
    {
      mode: 0o600,
    },
  )
  // Not `ip netns exec`: that hides the cgroup mounts from the engine.
  const argv = ['env', `TMPDIR=${layout.tmp}`, 'nsenter', `--net=${layout.namespacePath}`]
  argv.push('dockerd', '--config-file', layout.daemonConfig)
  const daemon = startDetached(argv, layout.engineLog)
  await untilItAnswers(layout, daemon.ended).finally(() => daemon.release())
}

function daemonConfig(layout: EngineLayout, networks: EngineNetworks): Record<string, unknown> {
  return {
    'data-root': layout.dataRoot,
    'exec-root': layout.execRoot,
    pidfile: layout.enginePid,
    hosts: [`unix://${layout.socket}`],
    group: 'root',
    'userns-remap': 'default',
    'live-restore': true,
    'userland-proxy': false,
    bip: networks.bridge,
    'default-address-pools': [{ base: networks.pool, size: 24 }],
    dns: [networks.way.dns],
  }
}

async function untilItAnswers(layout: EngineLayout, ended: Promise<string>): Promise<void> {
  const answers = async () => {
    const until = performance.now() + ANSWERS_WITHIN_MS
    while (!(await pingEngine(layout.socket))) {
      if (performance.now() > until) return `no answer within ${ANSWERS_WITHIN_MS / 1000} s`
      await delay(50)
    }
    return undefined
  }
  const failed = await Promise.race([answers(), ended])
  if (failed !== undefined) {
    const log = await readFile(layout.engineLog, 'utf8').catch(() => '')
    const tail = log.trimEnd().split('\n').slice(-12).join('\n  ')
    throw new DrydockError(
      'host-not-ready',
      `The host engine did not start (${failed}). ${layout.engineLog} ends with:\n  ${tail}`,
    )
  }
  // Whoever can write to this socket is root on this machine.
  await chmod(layout.socket, 0o600)
}
