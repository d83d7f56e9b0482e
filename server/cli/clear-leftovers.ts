import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { labelValues, removeLabelled } from '../host/labelled-containers.ts'
import { mountsBelow } from '../host/own-engine/mounts.ts'
import type { HostReady } from '../host/prepare.ts'
import { labelFilter, labelNames } from '../sandbox/docker/labels.ts'
import { describeSweep, endSandboxes } from './end-sandboxes.ts'

/**
 * Removes everything that tests made on the host engine under their installation, or one named after
 * it (`name-...`); answers with what they should have removed themselves, in words.
 */
export async function clearTestLeftovers(config: Config, host: HostReady): Promise<string[]> {
  const folders = await readdir(config.hostDir).catch(() => [])
  const known = [...folders, ...(await labelValues(host, labelNames.installation))]
  const ours = known.filter((name) => `${name}-`.startsWith(`${config.installation}-`))
  const found: string[] = []
  for (const installation of new Set([config.installation, ...ours])) {
    const swept = describeSweep(
      await endSandboxes({ ...config, installation }, host, { keepCheckpoints: false }),
    )
    const others = await removeLabelled(host, labelFilter(installation).label)
    found.push(...[swept, ...others].filter(Boolean).map((what) => `${installation}: ${what}`))
    const folder = join(config.hostDir, installation)
    const mounts = await mountsBelow(folder)
    if (mounts.length === 0) await rm(folder, { recursive: true, force: true })
    else found.push(`${installation}: mounts ${mounts.join(', ')}`)
  }
  return found
}
