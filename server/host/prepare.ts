import Docker from 'dockerode'
import type { Config } from '../config.ts'
import { ensureHostEngine } from './engine.ts'
import { buildImages, findImages } from './images/build-images.ts'
import { shortHash } from './images/content-hash.ts'
import { type ImageFault, planCourses } from './images/course-images.ts'
import { BASE, planImages } from './images/image-plan.ts'
import { retireImages } from './images/retire-images.ts'
import { ensureKernelSettings } from './kernel-settings.ts'
import { withHostLock } from './lock.ts'
import type { Report, Step } from './report.ts'

/** Image ids on the host engine; `labs[].name` is what the student calls it. */
export interface HostImages {
  base: string
  sandbox: string
  builder: string
  tools: string
  labs: { name: string; id: string }[]
  /** Images of courses that cannot be had, and why. */
  faults: ImageFault[]
}

export interface HostReady {
  socketPath: string
  images: HostImages
}

/**
 * Makes this machine ready for sandboxes: programs, host engine, kernel settings, images. Does only what is missing,
 * under a second when nothing is; several processes may call it at once. Throws `host-not-ready`,
 * `host-command-failed`, `engine-unreachable`, `engine-unsafe`, `image-build-failed`, `lab-invalid`.
 */
export async function prepareHost(config: Config, report: Report, signal?: AbortSignal): Promise<HostReady> {
  const place = config.dockerSocket || config.runDir
  const waiting = () =>
    void report.step('waiting', async (step) => step.outcome('another Drydock is preparing this machine'))
  return await withHostLock(`prepare-${shortHash(place)}`, waiting, async () => {
    const engine = await report.step('host engine', (step) => ensureHostEngine(config, step, signal))
    // After the engine: some are of modules that come with its networks.
    await report.step('kernel', (step) => ensureKernelSettings(step))
    const { socketPath } = engine
    const images = await report.step('images', (step) => makeImages(config, socketPath, step, signal))
    return { socketPath, images }
  })
}

/** The images as their folders are now, on an engine that is ready. Throws as `prepareHost` does. */
export async function prepareImages(
  config: Config,
  socketPath: string,
  signal: AbortSignal,
): Promise<HostImages> {
  const place = config.dockerSocket || config.runDir
  const step = { progress() {}, outcome() {} }
  return await withHostLock(
    `prepare-${shortHash(place)}`,
    () => {},
    () => makeImages(config, socketPath, step, signal),
  )
}

/** An engine that does not answer for so long is taken for one that does not answer. Milliseconds. */
const ANSWER_MS = 10_000

/** The images that a start would use, as far as they are there; undefined while one of them would have to be built. Builds nothing. */
export async function seeImages(
  config: Config,
  socketPath: string,
): Promise<Pick<HostImages, 'sandbox' | 'labs'> | undefined> {
  const core = await planImages(config.labsDir)
  const courses = await planCourses(core, config.labsDirs)
  const sources = [...core, ...courses.sources]
  const docker = new Docker({ socketPath, timeout: ANSWER_MS })
  const { ids, missing } = await findImages(docker, { sources, baseArchive: config.baseArchive })
  if (missing.length > 0) return undefined
  const labs = sources.flatMap(({ name, studentName }) =>
    studentName === undefined ? [] : [{ name: studentName, id: ids.get(name) as string }],
  )
  return { sandbox: ids.get('sandbox') as string, labs }
}

async function makeImages(
  config: Config,
  socketPath: string,
  step: Step,
  signal?: AbortSignal,
): Promise<HostImages> {
  const core = await planImages(config.labsDir)
  const courses = await planCourses(core, config.labsDirs)
  const docker = new Docker({ socketPath })
  const sources = [...core, ...courses.sources]
  const { ids, made, failed } = await buildImages(
    docker,
    { sources, baseArchive: config.baseArchive },
    step,
    signal,
  )
  if (made > 0) await retireImages(docker, new Set(ids.values()), !config.dockerSocket)
  const id = (name: string) => ids.get(name) as string
  const labs: HostImages['labs'] = []
  const faults: ImageFault[] = courses.faults.map(({ name, file, line, message }) => ({
    name,
    message: file === undefined ? message : `${file}${line === undefined ? '' : `:${line}`}: ${message}`,
  }))
  for (const { name, studentName } of sources) {
    if (studentName === undefined) continue
    const fault = failed.get(name)
    if (fault) faults.push({ name: studentName, message: fault.message })
    else labs.push({ name: studentName, id: id(name) })
  }
  return { base: id(BASE), sandbox: id('sandbox'), builder: id('builder'), tools: id('tools'), labs, faults }
}
