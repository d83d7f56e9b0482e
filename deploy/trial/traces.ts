import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Docker from 'dockerode'
import type { EngineLayout } from '../../server/host/own-engine/layout.ts'
import { run } from '../../server/host/run.ts'

/** What there is of an ordinary engine's containers on this machine, in words; `group` is their parent in each cgroup hierarchy. */
export async function tracesOf({ socket, dataRoot, runDir }: EngineLayout, group: string): Promise<string[]> {
  const docker = new Docker({ socketPath: socket })
  const containers = await docker.listContainers({ all: true })
  const { Volumes: volumes } = await docker.listVolumes()
  const networks = (await docker.listNetworks()).filter(
    ({ Name }) => !['bridge', 'host', 'none'].includes(Name),
  )
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8')
  const points = mountinfo.split('\n').flatMap((line) => line.split(' ')[4] ?? [])
  const below = points.filter(
    (point) => point.startsWith(`${dataRoot}/`) || point.startsWith(`${runDir}/exec/`),
  )
  const groups = await run(['find', '/sys/fs/cgroup', '-type', 'd', '-path', `*/${group}/*`])
  return [
    ...containers.map(({ Names }) => `container ${Names[0]}`),
    ...(volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...below.map((point) => `mount ${point}`),
    // The engine's own, in which it builds.
    ...groups.split('\n').filter((path) => path !== '' && !path.endsWith('/buildkit')),
    ...(await loopsOver(join(dataRoot, 'volumes'))).map((name) => `loop ${name}`),
    ...(await shims(runDir)).map((pid) => `shim ${pid}`),
  ]
}

/** Loop devices whose file is below a directory, by the file's inode: a path may be another container's. */
export async function loopsOver(directory: string): Promise<string[]> {
  const files = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  const disks = files.filter(({ name }) => name === 'disk' || name.endsWith('.image'))
  const inodes = new Set<string>()
  for (const { parentPath, name } of disks) inodes.add(String((await lstat(join(parentPath, name))).ino))
  const loops = await run(['losetup', '-nlO', 'NAME,BACK-INO'])
  return loops.split('\n').flatMap((line) => {
    const [name = '', inode = ''] = line.trim().split(/\s+/)
    return inodes.has(inode) ? [`${name}:${inode}`] : []
  })
}

/** Of those loop devices, the ones that still have the same file. */
export async function stillThere(loops: readonly string[]): Promise<string[]> {
  const now = (await run(['losetup', '-nlO', 'NAME,BACK-INO']))
    .split('\n')
    .map((line) => line.trim().replace(/\s+/, ':'))
  return loops.filter((each) => now.includes(each)).map((each) => `loop ${each}`)
}

async function shims(runDir: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found: string[] = []
  for (const pid of pids) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (line.includes('containerd-shim') && line.includes(`${runDir}/`)) found.push(pid)
  }
  return found
}
