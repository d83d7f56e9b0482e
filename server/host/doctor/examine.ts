import { access, constants, readFile, statfs } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { dirname } from 'node:path'
import Docker from 'dockerode'
import type { Config } from '../../config.ts'
import { findImages } from '../images/build-images.ts'
import { planCourses } from '../images/course-images.ts'
import { planImages } from '../images/image-plan.ts'
import { readKernelSettings } from '../kernel-settings.ts'
import { engineLayout } from '../own-engine/layout.ts'
import { pingEngine } from '../ping.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import { type EngineInfo, judgeEngine } from './judge-engine.ts'
import {
  judgeControllers,
  judgeDiskBound,
  judgeFileSystems,
  judgeKernelSettings,
  judgeRoom,
  judgeSize,
  type Room,
} from './judge-machine.ts'
import { lookAtPort } from './look-at-port.ts'

/** An engine that does not answer for so long is taken for one that does not answer. Milliseconds. */
const ANSWER_MS = 10_000

/** Looks at the machine and its host engine, and changes nothing. Never throws; what could not be looked at is a finding. */
export async function examine(config: Config): Promise<Finding[]> {
  const looks: [string, () => Promise<Finding[]>][] = [
    ['host engine', () => ofEngine(config)],
    ['images', () => ofImages(config)],
    ['kernel settings', async () => judgeKernelSettings(await readKernelSettings())],
    ['file systems', async () => [judgeFileSystems(await readFile('/proc/filesystems', 'utf8'))]],
    [
      'disk of each sandbox',
      async () => [
        judgeDiskBound(await readFile('/proc/devices', 'utf8'), await isThere('/dev/loop-control')),
      ],
    ],
    ['cgroup controllers', async () => [judgeControllers(await readFile('/proc/cgroups', 'utf8'))]],
    ['memory', async () => [judgeSize(totalmem(), cpus().length)]],
    ['disks', () => ofDisks(config)],
    ['port', async () => [await lookAtPort(config)]],
  ]
  const found = await Promise.all(
    looks.map(([name, look]) =>
      look().catch((error: unknown) => [
        fail(
          name,
          error instanceof Error ? error.message : String(error),
          'It could not be looked at; see the message.',
        ),
      ]),
    ),
  )
  return found.flat()
}

const socketOf = (config: Config) => config.dockerSocket || engineLayout(config).socket

async function ofEngine(config: Config): Promise<Finding[]> {
  const socket = socketOf(config)
  const mend = config.dockerSocket
    ? 'Start that engine, or unset DRYDOCK_DOCKER for one of our own.'
    : 'npm start (as root) installs and starts it.'
  const docker = new Docker({ socketPath: socket, timeout: ANSWER_MS })
  try {
    const info = (await docker.info()) as EngineInfo
    return [ok('host engine', `answers at ${socket}`), ...judgeEngine(info, config.allowUnmapped)]
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const seen = code === 'EACCES' ? 'may not be used by this user' : 'does not answer'
    return [fail('host engine', `${seen} at ${socket}`, mend)]
  }
}

async function ofImages(config: Config): Promise<Finding[]> {
  const socketPath = socketOf(config)
  // That it does not answer is a finding of its own.
  if (!(await pingEngine(socketPath))) return []
  const docker = new Docker({ socketPath, timeout: ANSWER_MS })
  const core = await planImages(config.labsDir)
  const courses = await planCourses(core, config.labsDirs)
  const sources = [...core, ...courses.sources]
  const { missing } = await findImages(docker, { sources, baseArchive: config.baseArchive })
  const faults = courses.faults.map(({ name, message }) =>
    warn(`image ${name}`, message, 'Mend the folder of that image; the labs that want it cannot be started.'),
  )
  if (missing.length === 0) return [ok('images', 'all there and of today'), ...faults]
  const seen = `${missing.length} not built, or not from what the folders hold now: ${missing.join(', ')}`
  return [warn('images', seen, 'npm start builds them.'), ...faults]
}

async function ofDisks(config: Config): Promise<Finding[]> {
  const places: [string, string][] = [
    ['the data', config.dataDir],
    ['the sandboxes', config.hostDir],
    ...(config.dockerSocket ? [] : [['the engine', config.engineDir] as [string, string]]),
  ]
  return await Promise.all(places.map(async ([what, path]) => judgeRoom(what, path, await roomAt(path))))
}

const isThere = (path: string): Promise<boolean> =>
  access(path, constants.F_OK).then(
    () => true,
    () => false,
  )

/** Of the directory, or of the nearest above it that is there. */
async function roomAt(path: string): Promise<Room> {
  if (!(await isThere(path))) return roomAt(dirname(path))
  const { bavail, bsize, files, ffree } = await statfs(path)
  return { bytesFree: bavail * bsize, inodes: files, inodesFree: ffree }
}
