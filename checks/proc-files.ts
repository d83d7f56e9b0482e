import { type CheckContext, CheckFault } from './check.ts'
import type { ContainerObject } from './engine-view.ts'
import { runTool } from './probe.ts'

/** Namespaces of a process, as /proc names them. */
export const namespaces = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'] as const
export type Namespace = (typeof namespaces)[number]

/** Line by line: `cmdline` (one line), `environ` (NAME=value), `status` (Name: value). */
type ProcFile = 'cmdline' | 'environ' | 'status'

/**
 * A file of a running container's first process, read from outside: over the engine's own view of all processes, in a fresh
 * /proc of the probe, so that nothing which the student mounted or replaced in a container can speak for it. A process can still
 * overwrite its own command line and environment.
 */
export async function readProc(
  context: CheckContext,
  container: ContainerObject,
  file: ProcFile,
  image: string,
): Promise<string[]> {
  const text = await asOwner(context, container, image, [
    '/usr/bin/cat',
    `/proc/${container.State.Pid}/${file}`,
  ])
  if (file === 'status') return text.split('\n').map((line) => line.replace(/\s+/gu, ' ').trim())
  const words = text.split('\0')
  if (words.at(-1) === '') words.pop()
  return file === 'cmdline' ? [words.join(' ')] : words
}

/** What identifies a container's namespaces: `net:[4026531840]`. */
export async function readNamespaces(
  context: CheckContext,
  container: ContainerObject,
  image: string,
): Promise<Record<Namespace, string>> {
  const links = namespaces.map((name) => `/proc/${container.State.Pid}/ns/${name}`)
  return byName(await asOwner(context, container, image, ['/usr/bin/readlink', ...links]))
}

/** The same of the engine. The probe shares all of them but its own files, which no container shares with the engine. */
export async function readEngineNamespaces(
  context: CheckContext,
  image: string,
): Promise<Record<Namespace, string>> {
  const links = namespaces.map((name) => `/proc/self/ns/${name}`)
  const { exitCode, stdout } = await runTool(context, image, {
    argv: ['/usr/bin/readlink', ...links],
    processes: { kind: 'engine' },
    network: { kind: 'engine' },
  })
  if (exitCode !== 0) throw unreadable()
  return { ...byName(stdout), mnt: 'mnt:[engine]' }
}

function byName(text: string): Record<Namespace, string> {
  const lines = text.split('\n').filter(Boolean)
  const sound = lines.length === namespaces.length
  if (!sound || !lines.every((line, i) => line.startsWith(`${namespaces[i]}:[`))) throw unreadable()
  return Object.fromEntries(namespaces.map((name, i) => [name, lines[i] ?? ''])) as Record<Namespace, string>
}

/**
 * Some files of a process are for its owner only, or for one who may do all that it may: read as root with the container's
 * capabilities, and as its own user where root is not above it (a sandbox has no SYS_PTRACE).
 */
async function asOwner(
  context: CheckContext,
  { State: { Pid }, HostConfig: { CapAdd } }: ContainerObject,
  image: string,
  argv: string[],
): Promise<string> {
  const outside = { processes: { kind: 'engine' }, network: { kind: 'engine' } } as const
  const root = await runTool(context, image, { ...outside, argv, capDrop: [], capAdd: CapAdd ?? [] })
  if (root.exitCode === 0) return root.stdout
  const status = await runTool(context, image, { ...outside, argv: ['/usr/bin/cat', `/proc/${Pid}/status`] })
  const id = (name: string) => new RegExp(`^${name}:\\t(\\d+)`, 'mu').exec(status.stdout)?.[1]
  const [uid, gid] = [id('Uid'), id('Gid')]
  if (status.exitCode !== 0 || uid === undefined || gid === undefined) throw unreadable()
  const own = await runTool(context, image, { ...outside, argv, user: `${uid}:${gid}` })
  if (own.exitCode !== 0) throw unreadable()
  return own.stdout
}

/** Addresses that are listened on in a container's network, as `127.0.0.1:80`; IPv6 as `[::]:80`. */
export async function readListeners(
  context: CheckContext,
  container: ContainerObject,
  image: string,
): Promise<string[]> {
  const { exitCode, stdout } = await runTool(context, image, {
    argv: ['/usr/bin/cat', '/proc/net/tcp', '/proc/net/tcp6'],
    network: { kind: 'container', id: container.Id },
  })
  if (exitCode !== 0) throw unreadable()
  const found = [...stdout.matchAll(/^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) \S+ 0A /gmu)]
  const listeners = found.map(
    ([, address = '', port = '']) => `${addressOf(address)}:${Number.parseInt(port, 16)}`,
  )
  return [...new Set(listeners)].slice(0, 200).sort()
}

/** The kernel writes each 32 bits in the machine's order: the lowest byte comes last. */
function addressOf(hex: string): string {
  const bytes = [...hex.matchAll(/.{8}/gu)].flatMap(([word]) =>
    [...word.matchAll(/../gu)].map(([byte]) => Number.parseInt(byte, 16)).reverse(),
  )
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0)).toString(16),
  )
  if (groups.every((group) => group === '0')) return '[::]'
  return `[${groups.join(':')}]`
}

function unreadable(): CheckFault {
  return new CheckFault('probe-failed', 'A process of a container could not be read from outside.')
}
