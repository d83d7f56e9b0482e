import Docker from 'dockerode'
import type { Config } from '../config.ts'
import { ensureHostEngine } from './engine.ts'
import { buildImages } from './images/build-images.ts'
import { shortHash } from './images/content-hash.ts'
import { BASE, planImages } from './images/image-plan.ts'
import { retireImages } from './images/retire-images.ts'
import { withHostLock } from './lock.ts'
import type { Report } from './report.ts'

/** Image ids on the host engine; `labs[].name` is what the student calls it. */
export interface HostImages {
  base: string
  sandbox: string
  builder: string
  tools: string
  labs: { name: string; id: string }[]
}

export interface HostReady {
  socketPath: string
  images: HostImages
}

/**
 * Makes this machine ready for sandboxes: programs, host engine, images. Does only what is missing,
 * under a second when nothing is; several processes may call it at once. Throws `host-not-ready`,
 * `host-command-failed`, `engine-unreachable`, `engine-unsafe`, `image-build-failed`, `lab-invalid`.
 */
export async function prepareHost(config: Config, report: Report, signal?: AbortSignal): Promise<HostReady> {
  const place = config.dockerSocket || config.runDir
  const waiting = () =>
    void report.step('waiting', async (step) => step.outcome('another Drydock is preparing this machine'))
  return await withHostLock(`prepare-${shortHash(place)}`, waiting, async () => {
    const engine = await report.step('host engine', (step) => ensureHostEngine(config, step, signal))
    const images = await report.step('images', async (step) => {
      const sources = await planImages(config.labsDir)
      const docker = new Docker({ socketPath: engine.socketPath })
      const { ids, made } = await buildImages(docker, sources, step, signal)
      if (made > 0) await retireImages(docker, new Set(ids.values()), !config.dockerSocket)
      const id = (name: string) => ids.get(name) as string
      const labs = sources.flatMap(({ name, studentName }) =>
        studentName ? [{ name: studentName, id: id(name) }] : [],
      )
      return { base: id(BASE), sandbox: id('sandbox'), builder: id('builder'), tools: id('tools'), labs }
    })
    return { socketPath: engine.socketPath, images }
  })
}
