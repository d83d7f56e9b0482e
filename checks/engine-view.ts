import { z } from 'zod'

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

export const containerObject = z.looseObject({
  Id: id,
  Name: word,
  Image: word,
  Path: word.default(''),
  Args: words.nullish(),
  State: z.looseObject({
    Status: word,
    Running: z.boolean(),
    OOMKilled: z.boolean().default(false),
    Pid: z.int().min(0),
    ExitCode: z.int(),
    Error: z.string().max(100_000).default(''),
  }),
  HostConfig: z.looseObject({
    NetworkMode: word.default(''),
    Init: z.boolean().nullish(),
    Memory: z.number().default(0),
    MemorySwap: z.number().default(0),
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
  }),
  NetworkSettings: z.looseObject({ Networks: z.record(word, endpointObject).nullish() }),
})
export type ContainerObject = z.infer<typeof containerObject>

export const imageObject = z.looseObject({
  Id: imageId,
  RepoTags: words.nullish(),
  RootFS: z.looseObject({ Layers: words.nullish() }),
})
export type ImageObject = z.infer<typeof imageObject>

export const networkObject = z.looseObject({ Id: id, Name: word, Driver: word })
export type NetworkObject = z.infer<typeof networkObject>

export const volumeObject = z.looseObject({ Name: word, Driver: word })
export type VolumeObject = z.infer<typeof volumeObject>

/** What the cgroup of a running container holds now. Bytes and counts; undefined where the engine named none. */
export interface ContainerLimits {
  memoryLimit: number | undefined
  memoryUsage: number | undefined
  pidsLimit: number | undefined
}

/** A program of a golden image, run once in a container of our own. */
export interface ProbeSpec {
  /** Image ID, never a tag. */
  image: string
  /** Absolute path, then arguments. */
  argv: string[]
  /** The network namespace of this container (id); none of its own kind without. */
  networkOf?: string
  /** The process namespace of this container (id). */
  processesOf?: string
  timeoutMs: number
}

export interface ProbeResult {
  exitCode: number
  /** At most 64 kB each. */
  stdout: string
  stderr: string
}

/** A container of our own made like one of the student's; null stands for the image's own setting. */
export interface CloneSpec {
  image: string
  entrypoint: string[] | null
  cmd: string[] | null
  env: string[]
  user: string
  workingDir: string
  init: boolean
  stopSignal: string | null
  stopTimeout: number | null
  tty: boolean
}

/** A clone; leaving its scope removes it. */
export interface Clone extends AsyncDisposable {
  readonly id: string
  state(): Promise<ContainerObject['State']>
  /** Its last 500 lines of both streams. */
  logs(): Promise<LogLine[]>
  /** Resolves true when a line matches, false when the clone ended or the time is over. */
  waitForLine(pattern: RegExp, timeoutMs: number): Promise<boolean>
  /** The engine's stop: its signal, and SIGKILL after `graceSeconds`. Resolves when the clone has ended. */
  stop(graceSeconds: number): Promise<void>
}

export interface LogLine {
  stream: 'stdout' | 'stderr'
  /** The engine's time, RFC 3339 with nine decimals: later lines compare greater as text. */
  at: string
  text: string
}

export type LogStream = 'stdout' | 'stderr' | 'both'

/**
 * The student engine as checks see it: typed, bounded, ending with the context's signal, without Docker library types.
 * Every method throws an error with code `student-engine-down` or `student-engine-answer` when the engine fails.
 */
export interface EngineView {
  /** The container of exactly that name or id. A prefix of an id finds nothing: `db` is one too. */
  container(ref: string): Promise<ContainerObject | undefined>
  /** The image of exactly that tag (`:latest` when it names none) or id. */
  image(ref: string): Promise<ImageObject | undefined>
  network(ref: string): Promise<NetworkObject | undefined>
  volume(name: string): Promise<VolumeObject | undefined>
  /** What the cgroup holds, or undefined when the container does not run. */
  limits(id: string): Promise<ContainerLimits | undefined>
  /** The last 2,000 lines, at most 256 kB; `unreadable` for a log driver that keeps nothing, undefined when the container is gone. */
  logs(id: string, stream: LogStream): Promise<LogLine[] | 'unreadable' | undefined>
  /** A file as the container sees it, links not followed; undefined when it is no plain file or above 256 kB. */
  readFile(id: string, path: string): Promise<string | undefined>
  /** Runs a probe and removes its container, also on failure. */
  runProbe(spec: ProbeSpec): Promise<ProbeResult>
  /** Starts a clone: no network, no mounts, limits of its own. `refused` is the engine's reason when it cannot be started. */
  startClone(spec: CloneSpec): Promise<Clone | { refused: string }>
}
