import { Readable } from 'node:stream'
import { z } from 'zod'
import {
  type CacheRecord,
  type ContainerLimits,
  type ContainerObject,
  containerObject,
  type EngineView,
  type FileChange,
  type HistoryLine,
  type ImageObject,
  imageObject,
  type LogStream,
  type NetworkObject,
  networkObject,
  type VolumeObject,
  volumeObject,
} from '../../checks/engine-view.ts'
import type { SandboxFile } from '../../checks/files.ts'
import type { ImageScan, ScanQuestion } from '../../checks/image-scan-question.ts'
import type {
  Builds,
  Clone,
  CloneSpec,
  ExecResult,
  ExecSpec,
  LogLine,
  ProbeResult,
  ProbeSpec,
} from '../../checks/own-container.ts'
import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import type { CheckMarks } from './check-marks.ts'
import { readLogs } from './container-logs.ts'
import { type EngineClient, parseAnswer, refusal } from './engine-client.ts'
import { execIn } from './exec-run.ts'
import type { OwnImages } from './own-images.ts'
import type { ProbeContainers } from './probe-containers.ts'
import { scanImage } from './scan-image.ts'
import { readTar, TarFault } from './tar-reader.ts'

const MAX_TEXT_BYTES = 256 * 1024
/** With the headers of its entry and the archive's end. */
const ARCHIVE_BYTES = MAX_TEXT_BYTES + 8192
const FULL_ID = /^(sha256:)?[0-9a-f]{64}$/

const count = z.number().min(0)
const stats = z.object({
  memory_stats: z.object({ usage: count.optional(), limit: count.optional() }).nullish(),
  pids_stats: z.object({ limit: count.optional() }).nullish(),
})

const CHANGE_KINDS = ['changed', 'added', 'deleted'] as const
const changes = z
  .array(z.object({ Path: z.string().max(4096), Kind: z.literal([0, 1, 2]) }))
  .max(20_000)
  .nullable()
const sized = z.object({ SizeRw: z.number().min(0) })
/** The engine walks the whole writable layer. */
const SIZE_MS = 20_000
const history = z
  .array(
    z.object({
      CreatedBy: z.string().max(100_000),
      Comment: z.string().max(100_000).default(''),
      Size: count,
    }),
  )
  // Every image has a line: an empty list hides what must not be there.
  .min(1)
  .max(500)

const COMPOSE = 'com.docker.compose'
const listed = z
  .array(
    z.object({
      Id: z.string().regex(/^[0-9a-f]{64}$/),
      Created: z.number(),
      Labels: z.record(z.string(), z.string().max(100_000)),
    }),
  )
  .max(500)
const cache = z.object({
  BuildCache: z
    .array(z.object({ Type: z.string().max(100), Size: count, CreatedAt: z.iso.datetime({ offset: true }) }))
    .max(5000)
    .nullable(),
})

/** The questions of checks, over HTTP. */
export class StudentEngineView implements EngineView {
  readonly #client: EngineClient
  readonly #probes: ProbeContainers
  readonly #images: OwnImages
  readonly #clock: Clock
  readonly #marks: CheckMarks
  readonly #signal: AbortSignal

  constructor(deps: {
    client: EngineClient
    probes: ProbeContainers
    images: OwnImages
    marks: CheckMarks
    clock: Clock
    signal: AbortSignal
  }) {
    this.#marks = deps.marks
    this.#clock = deps.clock
    this.#client = deps.client
    this.#probes = deps.probes
    this.#images = deps.images
    this.#signal = deps.signal
  }

  async container(ref: string): Promise<ContainerObject | undefined> {
    const found = await this.#inspect(`/containers/${encodeURIComponent(ref)}/json`, containerObject)
    return found && (FULL_ID.test(ref) ? found.Id === ref : found.Name === `/${ref}`) ? found : undefined
  }

  async image(ref: string): Promise<ImageObject | undefined> {
    const found = await this.#inspect(`/images/${encodeURIComponent(ref)}/json`, imageObject)
    if (!found) return undefined
    const tag = /:[^/]+$/.test(ref) ? ref : `${ref}:latest`
    return (FULL_ID.test(ref) ? found.Id === ref : (found.RepoTags ?? []).includes(tag)) ? found : undefined
  }

  async imageHistory(id: string): Promise<HistoryLine[] | undefined> {
    const answer = await this.#get(`/images/${encodeURIComponent(id)}/history`, undefined, MAX_TEXT_BYTES)
    if (answer.status === 404) return undefined
    return parseAnswer(answer, history).map(({ CreatedBy, Comment, Size }) => {
      return { createdBy: CreatedBy, comment: Comment, size: Size }
    })
  }

  scanImage(image: ImageObject, question: ScanQuestion): Promise<ImageScan> {
    return scanImage(this.#client, image, question, this.#signal)
  }

  async composeContainers(project: string): Promise<{ id: string; service: string }[]> {
    const filters = JSON.stringify({ label: [`${COMPOSE}.project=${project}`, `${COMPOSE}.oneoff=False`] })
    const answer = await this.#get('/containers/json', { all: '1', filters })
    const found = parseAnswer(answer, listed).map(({ Id, Labels, Created }) => {
      return {
        id: Id,
        service: Labels[`${COMPOSE}.service`] ?? '',
        number: Number(Labels[`${COMPOSE}.container-number`]),
        Created,
      }
    })
    found.sort((a, b) => a.number - b.number || a.Created - b.Created)
    return found.map(({ id, service }) => ({ id, service }))
  }

  async buildCache(): Promise<CacheRecord[]> {
    const answer = await this.#get('/system/df', { type: 'build-cache' })
    const { BuildCache } = parseAnswer(answer, cache)
    return (BuildCache ?? []).map(({ Type, Size, CreatedAt }) => {
      return { type: Type, size: Size, createdAt: Date.parse(CreatedAt) }
    })
  }

  async network(ref: string): Promise<NetworkObject | undefined> {
    const found = await this.#inspect(`/networks/${encodeURIComponent(ref)}`, networkObject)
    return found && (found.Name === ref || found.Id === ref) ? found : undefined
  }

  async volume(name: string): Promise<VolumeObject | undefined> {
    const found = await this.#inspect(`/volumes/${encodeURIComponent(name)}`, volumeObject)
    return found?.Name === name ? found : undefined
  }

  async limits(id: string): Promise<ContainerLimits | undefined> {
    const answer = await this.#get(`/containers/${id}/stats`, { stream: 'false', 'one-shot': 'true' })
    if (answer.status === 404 || answer.status === 409) return undefined
    const { memory_stats, pids_stats } = parseAnswer(answer, stats)
    // A container that does not run has empty statistics.
    if (memory_stats?.limit === undefined) return undefined
    return { memoryLimit: memory_stats.limit, memoryUsage: memory_stats.usage, pidsLimit: pids_stats?.limit }
  }

  async logs(id: string, stream: LogStream): Promise<LogLine[] | 'unreadable' | undefined> {
    const container = await this.container(id)
    return container && readLogs(this.#client, { id, tty: container.Config.Tty }, stream, this.#signal)
  }

  async file(id: string, path: string): Promise<SandboxFile | 'too-large' | undefined> {
    const answer = await this.#get(`/containers/${id}/archive`, { path }, ARCHIVE_BYTES).catch(
      (error: unknown) => {
        // A folder comes with all that is in it.
        if (error instanceof DrydockError && error.code === 'student-engine-answer') return undefined
        throw error
      },
    )
    if (!answer) return 'too-large'
    if (answer.status === 404) return undefined
    if (answer.status !== 200) throw refusal(answer)
    return firstEntry(answer.body)
  }

  runProbe(spec: ProbeSpec): Promise<ProbeResult> {
    return this.#probes.run(spec, this.#signal)
  }

  startBuilds(): Promise<Builds> {
    this.#signal.throwIfAborted()
    return this.#images.begin()
  }

  startClone(spec: CloneSpec): Promise<Clone | { refused: string }> {
    return this.#probes.startClone(spec, this.#signal)
  }

  async changes(id: string): Promise<FileChange[] | undefined> {
    const answer = await this.#get(`/containers/${id}/changes`)
    if (answer.status === 404) return undefined
    const found = parseAnswer(answer, changes) ?? []
    return found.map(({ Path, Kind }) => ({ path: Path, kind: CHANGE_KINDS[Kind] }))
  }

  async writtenBytes(id: string): Promise<number | undefined> {
    const answer = await this.#get(`/containers/${id}/json`, { size: '1' }, undefined, SIZE_MS)
    return answer.status === 404 ? undefined : parseAnswer(answer, sized).SizeRw
  }

  exec(id: string, spec: ExecSpec): Promise<ExecResult> {
    return execIn({ client: this.#client, clock: this.#clock, marks: this.#marks }, id, spec, this.#signal)
  }

  #get(path: string, query?: Record<string, string>, maxBytes?: number, timeoutMs?: number) {
    return this.#client.call({ method: 'GET', path, query, maxBytes, timeoutMs, signal: this.#signal })
  }

  async #inspect<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const answer = await this.#get(path)
    return answer.status === 404 ? undefined : parseAnswer(answer, schema)
  }
}

/** What the archive of a path begins with: that itself. */
async function firstEntry(archive: Buffer): Promise<SandboxFile> {
  try {
    for await (const entry of readTar(Readable.from([archive]), {
      maxBytes: ARCHIVE_BYTES,
      maxEntries: 500,
    })) {
      const { mode, uid, gid, mtime, link } = entry
      const chunks: Buffer[] = []
      for await (const chunk of entry.body) chunks.push(chunk)
      const kind = entry.kind === 'hardlink' ? 'other' : entry.kind
      return { path: '', kind, mode, uid, gid, mtime, link, data: Buffer.concat(chunks) }
    }
  } catch (error) {
    if (!(error instanceof TarFault)) throw error
  }
  throw new DrydockError('student-engine-answer', "The engine's answer is no archive of a file.")
}
