import { readdir, readFile, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { endProcess, ownerOfPidFile } from '../processes.ts'
import { run } from '../run.ts'
import type { EngineLayout } from './layout.ts'
import { removeNetwork } from './network.ts'

/**
 * Ends dockerd, its containerd, its way out and its network namespace, and removes what they made at
 * run time; images and settings stay. Containers must have ended before: live-restore keeps them running.
 */
export async function stopOwnEngine(layout: EngineLayout): Promise<void> {
  const engine = await ownerOfPidFile(layout.enginePid, layout.daemonConfig)
  if (engine) await endProcess(engine, 30_000)
  const containerd = await ownerOfPidFile(
    layout.containerdPid,
    `${layout.execRoot}/containerd/containerd.toml`,
  )
  if (containerd) await endProcess(containerd, 5_000)
  await removeNetwork(layout)
  await unmountBelow(layout.runDir)
  await unmountBelow(layout.dataRoot)
  const execRoots = (await readdir(layout.runDir).catch(() => [])).filter((name) =>
    /^exec(\.\d+\.\d+)?$/.test(name),
  )
  const made = execRoots.map((name) => join(layout.runDir, name))
  for (const path of [...made, layout.socket, layout.enginePid, layout.wayPid, layout.networks]) {
    await rm(path, { recursive: true, force: true })
  }
  await rmdir(layout.runDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY' && error.code !== 'EBUSY') throw error
  })
}

/** Unmounts everything below a directory, the latest first. */
export async function unmountBelow(directory: string): Promise<void> {
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8')
  const points = mountinfo.split('\n').flatMap((line) => line.split(' ')[4] ?? [])
  const below = points.map(unescapeMountPoint).filter((point) => point.startsWith(`${directory}/`))
  for (const point of below.reverse()) await run(['umount', '--lazy', point])
}

/** The kernel writes white space and backslashes in mount points as three octal digits. */
function unescapeMountPoint(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
