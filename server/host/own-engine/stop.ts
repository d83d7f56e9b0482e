import { readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { endProcess, ownerOfPidFile } from '../processes.ts'
import type { EngineLayout } from './layout.ts'
import { unmountBelow } from './mounts.ts'
import { removeNetwork } from './network.ts'
import { unmountRunDir } from './run-dir.ts'

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
  for (const path of [...made, layout.tmp, layout.socket, layout.enginePid, layout.wayPid, layout.networks]) {
    await rm(path, { recursive: true, force: true })
  }
  await unmountRunDir(layout)
  await rmdir(layout.runDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY' && error.code !== 'EBUSY') throw error
  })
}
