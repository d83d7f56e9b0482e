import { access } from 'node:fs/promises'
import { join } from 'node:path'
import Docker from 'dockerode'
import type { Config } from '../config.ts'
import { type Finding, ok, warn } from '../host/doctor/finding.ts'
import { engineLayout } from '../host/own-engine/layout.ts'
import { seeImages } from '../host/prepare.ts'
import { storeNames } from '../sandbox/docker/golden-store.ts'
import { hostFacts } from '../sandbox/docker/host-facts.ts'

/** An engine that does not answer for so long is taken for one that does not answer. Milliseconds. */
const ANSWER_MS = 10_000
const NAME = 'golden store'

/** Whether the golden store is of the images of today. Nothing is said while images are missing, or while the engine does not answer: that is said already. */
export async function lookAtStore(config: Config): Promise<Finding[]> {
  const docker = new Docker({
    socketPath: config.dockerSocket || engineLayout(config).socket,
    timeout: ANSWER_MS,
  })
  try {
    const images = await seeImages(config, docker)
    if (!images) return []
    const { owner } = await hostFacts(docker, true)
    const names = storeNames({ images: images.labs, sandboxImage: images.sandbox, owner })
    const shared = join(config.hostDir, 'shared')
    if (!(await isThere(shared)))
      return [warn(NAME, `not to be seen from here (${shared})`, 'Look from where the host engine runs.')]
    for (const name of Object.values(names))
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
