import { z } from 'zod'
import { containerState } from './container-state.ts'
import type { SandboxFile } from './files.ts'
import type { ImageScan, ScanQuestion } from './image-scan-question.ts'
import type {
  Builds,
  Clone,
  CloneSpec,
  ExecResult,
  ExecSpec,
  LogLine,
  ProbeResult,
  ProbeSpec,
} from './own-container.ts'

/** What an engine says is hostile until parsed: known fields typed and bounded, the rest kept for `field`. */
const word = z.string().max(4096)
const words = z.array(z.string().max(100_000)).max(5000)
const id = z.string().regex(/^[0-9a-f]{64}$/)
const imageId = z.string().regex(/^sha256:[0-9a-f]{64}$/)

const endpointObject = z.looseObject({
  NetworkID: word.default(''),
  IPAddress: word.default(''),
  Aliases: words.nullish(),
  /** Since API 1.44: every name under which the network's DNS knows the container. */
  DNSNames: words.nullish(),
})

const mountPoint = z.looseObject({
  Type: word,
  Name: word.optional(),
  Source: word.default(''),
  Destination: word,
  RW: z.boolean().default(true),
})

const mountAsked = z.looseObject({
  Type: word,
  Target: word,
  TmpfsOptions: z.looseObject({ SizeBytes: z.number().optional(), Mode: z.number().optional() }).nullish(),
})

export const containerObject = z.looseObject({
  Id: id,
  Name: word,
  Image: word,
  Path: word.default(''),
  Args: words.nullish(),
  State: containerState,
  HostConfig: z.looseObject({
    NetworkMode: word.default(''),
    Init: z.boolean().nullish(),
    Memory: z.number().default(0),
    MemorySwap: z.number().default(0),
    PidsLimit: z.number().nullish(),
    PidMode: word.default(''),
    ReadonlyRootfs: z.boolean().default(false),
    CapAdd: words.nullish(),
    CapDrop: words.nullish(),
    Tmpfs: z.record(word, word).nullish(),
    Mounts: z.array(mountAsked).max(500).nullish(),
  }),
  Config: z.looseObject({
    Cmd: words.nullish(),
    Entrypoint: words.nullish(),
    Env: words.nullish(),
    User: word.default(''),
    WorkingDir: word.default(''),
    StopSignal: word.optional(),
    StopTimeout: z.int().nullish(),
    Tty: z.boolean().default(false),
    Healthcheck: z.looseObject({}).nullish(),
  }),
  Mounts: z.array(mountPoint).max(500).nullish(),
  NetworkSettings: z.looseObject({
    Networks: z.record(word, endpointObject).nullish(),
    /** By port as `80/tcp`; null for one that is exposed only. */
    Ports: z
      .record(
        word,
        z
          .array(z.looseObject({ HostIp: word, HostPort: word }))
          .max(100)
          .nullish(),
      )
      .nullish(),
  }),
})
export type ContainerObject = z.infer<typeof containerObject>

export const imageObject = z.looseObject({
  Id: imageId,
  RepoTags: words.nullish(),
  Size: z.number().min(0),
  RootFS: z.looseObject({ Layers: words.nullish() }),
})
export type ImageObject = z.infer<typeof imageObject>

/** One line of an image's history. */
export interface HistoryLine {
  /** The instruction that made it, as the engine tells it, with the build arguments that it saw. */
  createdBy: string
  comment: string
  /** Bytes of its layer. */
  size: number
}

/** One record of BuildKit's cache. */
export interface CacheRecord {
  /** `regular`, `source.local`, `exec.cachemount`, ... */
  type: string
  /** Bytes. */
  size: number
  /** Milliseconds since the epoch, by the engine's clock. */
  createdAt: number
}

export const networkObject = z.looseObject({
  Id: id,
  Name: word,
  Driver: word,
  IPAM: z
    .looseObject({
      Config: z
        .array(z.looseObject({ Gateway: word.optional() }))
        .max(50)
        .nullish(),
    })
    .nullish(),
})
export type NetworkObject = z.infer<typeof networkObject>

export const volumeObject = z.looseObject({ Name: word, Driver: word })
export type VolumeObject = z.infer<typeof volumeObject>

/** What the cgroup of a running container holds now. Bytes and counts; undefined where the engine named none. */
export interface ContainerLimits {
  memoryLimit: number | undefined
  memoryUsage: number | undefined
  pidsLimit: number | undefined
}

export type LogStream = 'stdout' | 'stderr' | 'both'

/** What a container changed on the file system of its image. */
export interface FileChange {
  path: string
  kind: 'changed' | 'added' | 'deleted'
}

/**
 * The student engine as checks see it: typed, bounded, ending with the context's signal, without Docker library types.
 * Every method throws an error with code `student-engine-down` or `student-engine-answer` when the engine fails.
 */
export interface EngineView {
  /** The container of exactly that name or id. A prefix of an id finds nothing: `db` is one too. */
  container(ref: string): Promise<ContainerObject | undefined>
  /** The image of exactly that tag (`:latest` when it names none) or id. */
  image(ref: string): Promise<ImageObject | undefined>
  /** An image's history, newest first, at most 500 lines and 256 kB; undefined when there is no such image. */
  imageHistory(id: string): Promise<HistoryLine[] | undefined>
  /** Reads all layers of an image; at most 1 GiB. */
  scanImage(image: ImageObject, question: ScanQuestion): Promise<ImageScan>
  /** The containers of a compose project, by its labels, also stopped ones; not those of `compose run`. At most 500. */
  composeContainers(project: string): Promise<{ id: string; service: string }[]>
  /** The records of the build cache, at most 5,000. */
  buildCache(): Promise<CacheRecord[]>
  network(ref: string): Promise<NetworkObject | undefined>
  volume(name: string): Promise<VolumeObject | undefined>
  /** What the cgroup holds, or undefined when the container does not run. */
  limits(id: string): Promise<ContainerLimits | undefined>
  /** The last 2,000 lines, at most 256 kB; `unreadable` for a log driver that keeps nothing, undefined when the container is gone. */
  logs(id: string, stream: LogStream): Promise<LogLine[] | 'unreadable' | undefined>
  /** A file, folder or link as the container sees it, not followed; without content when it is no plain file. At most 256 kB. */
  file(id: string, path: string): Promise<SandboxFile | 'too-large' | undefined>
  /** What it changed, at most 20,000 paths; undefined when the container is gone. */
  changes(id: string): Promise<FileChange[] | undefined>
  /** Bytes of its writable layer; undefined when the container is gone. */
  writtenBytes(id: string): Promise<number | undefined>
  /**
   * Runs a program in a running container of the student's. What it writes there is not undone. One that has not ended in time
   * goes on: its exit code is null then.
   */
  exec(id: string, spec: ExecSpec): Promise<ExecResult>
  /** Runs a probe and removes its container, also on failure. */
  runProbe(spec: ProbeSpec): Promise<ProbeResult>
  /** Starts a clone. `refused` is the engine's reason when it cannot be started. */
  startClone(spec: CloneSpec): Promise<Clone | { refused: string }>
  /** Before images are built in containers of our own. */
  startBuilds(): Promise<Builds>
}
