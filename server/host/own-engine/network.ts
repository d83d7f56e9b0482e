import { readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { DrydockError } from '../../errors.ts'
import { type EngineNetworks, hasLoopbackResolver, pickNetworks, takenNetworks } from '../addresses.ts'
import { startDetached } from '../detached.ts'
import { endProcess, ownerOfPidFile } from '../processes.ts'
import { run } from '../run.ts'
import type { EngineLayout } from './layout.ts'

const DEVICE = 'tap0'
const READY_WITHIN_MS = 10_000

/**
 * Makes the network namespace and its way out, or finds them; the machine's own links, routes and
 * firewall stay as they are. Answers with the networks, which stay the same while the namespace lives.
 */
export async function ensureNetwork(layout: EngineLayout): Promise<EngineNetworks> {
  const resolvers = await readFile('/etc/resolv.conf', 'utf8').catch(() => '')
  const networks = await ensureNamespace(layout, resolvers)
  if (await ownerOfPidFile(layout.wayPid, layout.namespacePath)) return networks
  await startWayOut(layout, networks)
  if (hasLoopbackResolver(resolvers)) await redirectLoopbackResolver(layout, networks)
  return networks
}

async function ensureNamespace(layout: EngineLayout, resolvers: string): Promise<EngineNetworks> {
  if (await isNamespace(layout.namespacePath)) {
    const kept = await readFile(layout.networks, 'utf8').catch(() => undefined)
    if (kept) return JSON.parse(kept) as EngineNetworks
    await run(['ip', 'netns', 'delete', layout.namespace])
  }
  await rm(layout.namespacePath, { force: true })
  const routes = await readFile('/proc/net/route', 'utf8')
  const networks = pickNetworks(takenNetworks(routes, resolvers))
  await run(['ip', 'netns', 'add', layout.namespace])
  await writeFile(layout.networks, JSON.stringify(networks), { mode: 0o600 })
  return networks
}

/** A namespace is a mounted file; after a half-done removal the file may be there alone. */
async function isNamespace(path: string): Promise<boolean> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8')
  return mounts.split('\n').some((line) => line.split(' ')[4] === path && line.includes(' - nsfs '))
}

async function startWayOut(layout: EngineLayout, networks: EngineNetworks): Promise<void> {
  const way = startDetached(
    [
      // Its sandbox unmounts the old root; without this the machine's own mounts would go with it.
      'unshare',
      '--mount',
      '--propagation=private',
      'slirp4netns',
      '--configure',
      '--mtu=65520',
      `--cidr=${networks.way.cidr}`,
      // What runs in a build has no business with what listens on this machine's loopback.
      '--disable-host-loopback',
      '--enable-sandbox',
      '--enable-seccomp',
      '--netns-type=path',
      '--ready-fd=3',
      layout.namespacePath,
      DEVICE,
    ],
    layout.wayLog,
    { ready: true },
  )
  await writeFile(layout.wayPid, String(way.pid), { mode: 0o600 })
  const failed = await Promise.race([
    way.ready.then(() => undefined),
    way.ended,
    delay(READY_WITHIN_MS, 'no answer in time', { ref: false }),
  ])
  way.release()
  if (failed === undefined) return
  await endProcess(way.pid, 0)
  throw new DrydockError(
    'host-not-ready',
    `slirp4netns did not start (${failed}); its log is ${layout.wayLog}`,
  )
}

/** A name server on the machine's loopback is not in this namespace: what the engine asks there goes to slirp4netns, which can ask it. */
async function redirectLoopbackResolver(layout: EngineLayout, networks: EngineNetworks): Promise<void> {
  const inside = (...argv: string[]) => run(['nsenter', `--net=${layout.namespacePath}`, ...argv])
  await inside('sh', '-c', `echo 1 > /proc/sys/net/ipv4/conf/${DEVICE}/route_localnet`)
  for (const protocol of ['udp', 'tcp']) {
    const match = ['-p', protocol, '--dport', '53']
    await ensureRule(inside, 'OUTPUT', [
      '-d',
      '127.0.0.0/8',
      ...match,
      '-j',
      'DNAT',
      '--to-destination',
      networks.way.dns,
    ])
    await ensureRule(inside, 'POSTROUTING', [
      '-s',
      '127.0.0.0/8',
      '-d',
      networks.way.dns,
      ...match,
      '-j',
      'MASQUERADE',
    ])
  }
}

async function ensureRule(
  inside: (...argv: string[]) => Promise<string>,
  chain: string,
  rule: string[],
): Promise<void> {
  const exists = await inside('iptables', '-t', 'nat', '-C', chain, ...rule).then(
    () => true,
    () => false,
  )
  if (!exists) await inside('iptables', '-t', 'nat', '-A', chain, ...rule)
}

/** Ends the way out and removes the namespace. Resolves if there is none. */
export async function removeNetwork(layout: EngineLayout): Promise<void> {
  const way = await ownerOfPidFile(layout.wayPid, layout.namespacePath)
  if (way) await endProcess(way, 2_000)
  if (await isNamespace(layout.namespacePath)) await run(['ip', 'netns', 'delete', layout.namespace])
}
