import type Docker from 'dockerode'
import { DrydockError } from '../../errors.ts'
import type { Step } from '../report.ts'
import { atMost } from './at-most.ts'
import { baseTag, makeBaseImage } from './base-image.ts'
import { hashFolder, listFiles, shortHash } from './content-hash.ts'
import { followEngine } from './follow-engine.ts'
import { BASE, type ImageSource } from './image-plan.ts'

const BUILDS_AT_ONCE = 2
const BUILD_WITHIN_MS = 900_000
const LOG_TAIL_LINES = 30

interface BuiltImage {
  tag: string
  id: string
}

export interface BuiltImages {
  /** By name, `base` too. */
  ids: Map<string, string>
  /** How many were not there before. */
  made: number
  /** Images of courses that could not be built, by name. */
  failed: Map<string, Error>
}

/** Finds all images and builds what is not there. Throws `image-build-failed`, `host-not-ready`. */
export async function buildImages(
  docker: Docker,
  sources: readonly ImageSource[],
  step: Step,
  signal?: AbortSignal,
): Promise<BuiltImages> {
  const there = await imagesByTag(docker)
  let made = 0
  const inSlot = atMost(BUILDS_AT_ONCE)
  const images = new Map<string, Promise<BuiltImage>>()

  const ensure = async (tag: string, make: () => Promise<void>): Promise<BuiltImage> => {
    let id = there.get(tag)
    if (id === undefined) {
      signal?.throwIfAborted()
      await make()
      id = (await docker.getImage(tag).inspect()).Id
      made += 1
    }
    return { tag, id }
  }
  images.set(
    BASE,
    ensure(baseTag, () => makeBaseImage(docker, step, signal)),
  )
  for (const source of sources) images.set(source.name, ensureSource(source))
  async function ensureSource(source: ImageSource): Promise<BuiltImage> {
    const contents = await hashFolder(source.folder)
    const args: Record<string, string> = {}
    const ids: string[] = []
    for (const [arg, name] of Object.entries(source.standsOn)) {
      const below = await images.get(name)
      if (!below)
        throw new DrydockError(
          'host-not-ready',
          `${source.folder} stands on ${name}, which is not built before it`,
        )
      args[arg] = below.tag
      ids.push(`${arg}=${below.id}`)
    }
    const tag = `drydock/${source.name}:${shortHash([contents, ids.sort()])}`
    return await ensure(tag, () => inSlot(() => build(docker, source, tag, args, step, signal)))
  }

  const courses = new Set(sources.flatMap(({ name, course }) => (course ? [name] : [])))
  const ids = new Map<string, string>()
  const failed = new Map<string, Error>()
  const settled = await Promise.allSettled(images.values())
  signal?.throwIfAborted()
  for (const [index, name] of [...images.keys()].entries()) {
    const result = settled[index]
    if (result?.status === 'fulfilled') ids.set(name, result.value.id)
    else if (courses.has(name)) failed.set(name, result?.reason)
    else throw result?.reason
  }
  step.outcome(made === 0 ? `${ids.size} there` : `${made} of ${images.size} made`)
  return { ids, made, failed }
}

async function imagesByTag(docker: Docker): Promise<Map<string, string>> {
  const images = await docker.listImages({ filters: { reference: ['drydock/*'] } })
  return new Map(images.flatMap((image) => (image.RepoTags ?? []).map((tag) => [tag, image.Id] as const)))
}

async function build(
  docker: Docker,
  source: ImageSource,
  tag: string,
  buildargs: Record<string, string>,
  step: Step,
  signal?: AbortSignal,
): Promise<void> {
  const log: string[] = []
  const src = (await listFiles(source.folder)).map((file) => file.path)
  const timeout = AbortSignal.timeout(BUILD_WITHIN_MS)
  try {
    const stream = await docker.buildImage(
      { context: source.folder, src },
      {
        t: tag,
        buildargs,
        rm: true,
        forcerm: true,
        abortSignal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      },
    )
    await followEngine(docker, stream, (line) => {
      log.push(line)
      if (log.length > LOG_TAIL_LINES) log.shift()
      step.progress(`${source.name}: ${line.slice(0, 100)}`)
    })
  } catch (error) {
    signal?.throwIfAborted()
    throw new DrydockError(
      'image-build-failed',
      [`${source.folder}: ${(error as Error).message}`, ...log].join('\n  '),
    )
  }
}
