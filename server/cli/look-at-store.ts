import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { type Finding, ok, warn } from '../host/doctor/finding.ts'
import { engineLayout } from '../host/own-engine/layout.ts'
import { seeImages } from '../host/prepare.ts'
import { storesOfToday } from '../sandbox/docker/stores-of-today.ts'

const NAME = 'golden store'

/** Whether the golden store is of the images of today. Nothing is said while images are missing, or while the engine does not answer: that is said already. */
export async function lookAtStore(config: Config): Promise<Finding[]> {
  const socket = config.dockerSocket || engineLayout(config).socket
  try {
    const images = await seeImages(config, socket)
    if (!images) return []
    const names = await storesOfToday(socket, images)
    const shared = join(config.hostDir, 'shared')
    if (!(await isThere(shared)))
      return [warn(NAME, `not to be seen from here (${shared})`, 'Look from where the host engine runs.')]
    for (const name of names)
      if (await isThere(join(shared, `${name}.image`))) return [ok(NAME, `${name}, of the images of today`)]
    return [warn(NAME, 'not made of the images of today', 'npm start makes it, in some seconds.')]
  } catch {
    return []
  }
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
