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

export interface ImagePlan {
  /** Each after those it stands on. */
  sources: readonly ImageSource[]
  /** A tar file of the base's root; empty to pull or make one. */
  baseArchive: string
}

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
  { sources, baseArchive }: ImagePlan,
  step: Step,
  signal?: AbortSignal,
): Promise<BuiltImages> {
  const there = await imagesByTag(docker)
  let made = 0
  const inSlot = atMost(BUILDS_AT_ONCE)
  const base = await baseTag(baseArchive)
  const images = inOrder(sources, base, async (tag, source, args) => {
    let id = there.get(tag)
    if (id === undefined) {
      signal?.throwIfAborted()
      if (source) await inSlot(() => build(docker, source, tag, args, step, signal))
      else await makeBaseImage(docker, { tag, archive: baseArchive }, step, signal)
      id = (await docker.getImage(tag).inspect()).Id
      made += 1
    }
    return id
  })

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

/** The ids of those that are there, by name, and the names of those that a start would have to build: not there, or standing on one that is not. Builds nothing. */
export async function findImages(
  docker: Docker,
  { sources, baseArchive }: ImagePlan,
): Promise<{ ids: Map<string, string>; missing: string[] }> {
  const there = await imagesByTag(docker)
  const ids = new Map<string, string>()
  const missing: string[] = []
  const images = inOrder(sources, await baseTag(baseArchive), async (tag, source) => {
    const name = source?.name ?? BASE
    const id = there.get(tag)
    if (id === undefined) missing.push(name)
    else ids.set(name, id)
    return id ?? `none of ${tag}`
  })
  await Promise.all(images.values())
  return { ids, missing }
}

/** Each image by name, `base` too, as `ensure` brings it: those that it stands on first, since their ids are in its tag. */
function inOrder(
  sources: readonly ImageSource[],
  baseTag: string,
  ensure: (tag: string, source: ImageSource | undefined, args: Record<string, string>) => Promise<string>,
): Map<string, Promise<BuiltImage>> {
  const images = new Map<string, Promise<BuiltImage>>()
  const bring = async (tag: string, source?: ImageSource, args: Record<string, string> = {}) => ({
    tag,
    id: await ensure(tag, source, args),
  })
  const bringSource = async (source: ImageSource): Promise<BuiltImage> => {
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
    return bring(`drydock/${source.name}:${shortHash([contents, ids.sort()])}`, source, args)
  }
  images.set(BASE, bring(baseTag))
  for (const source of sources) images.set(source.name, bringSource(source))
  return images
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
