import type { ContainerState } from './container-state.ts'

/** Which network a container of our own is in. */
export type OwnNetwork =
  | { kind: 'none' }
  /** The one of the engine itself: what `localhost` is on the machine. */
  | { kind: 'engine' }
  /** That of a running container, by id. */
  | { kind: 'container'; id: string }
  /** A place of its own on a network, by id or name. */
  | { kind: 'network'; id: string }

/** What a container of our own finds at a path. A volume must exist: the engine makes one that does not. */
export type OwnMount = { target: string } & (
  | { kind: 'volume'; name: string; readOnly: boolean }
  /** A path of the engine's machine, also a socket. */
  | { kind: 'path'; path: string; readOnly: boolean }
  /** A copy of a volume or path, which goes with the container. Only a clone may have one. */
  | { kind: 'copy'; of: { volume: string } | { path: string } }
  /** In memory; `options` as `--tmpfs` takes them. */
  | { kind: 'tmpfs'; options: string }
)

export interface OwnFile {
  /** Absolute; its folder is made when it is missing. */
  path: string
  content: string | Buffer
  /** Default 0o644. */
  mode?: number
}

/** How a container of our own is made. What is left out is none, or as the image says. */
export interface OwnContainer {
  /** Image id, never a tag. */
  image: string
  /** null: the image's own. Like `docker run --entrypoint`, a list drops the image's command. */
  entrypoint: string[] | null
  /** null: the image's own. */
  cmd: string[] | null
  env?: string[]
  user?: string
  workingDir?: string
  labels?: Record<string, string>
  network?: OwnNetwork
  mounts?: OwnMount[]
  /** Put there before the start; at most 8 MB in all. */
  files?: OwnFile[]
  /** Bytes, at most 256 MiB. Default 64 MiB for a probe, 256 MiB for a clone. */
  memory?: number
  /** At most 100, the default. */
  pids?: number
  capAdd?: string[]
  capDrop?: string[]
}

/** A program that is run once in a container of our own. */
export interface ProbeSpec extends OwnContainer {
  /** The processes that it sees: those of a container (id), or all of the engine's machine; its own without. */
  processes?: { kind: 'engine' } | { kind: 'container'; id: string }
  timeoutMs: number
}

export interface ProbeResult {
  /** null when it had not ended in time. Of a refused start, the code that `docker run` would end with. */
  exitCode: number | null
  /** At most 64 kB each. */
  stdout: string
  stderr: string
  /** Why the engine did not start it; null when it did. */
  refused: string | null
}

/** A container of our own made like one of the student's. */
export interface CloneSpec extends OwnContainer {
  init: boolean
  stopSignal: string | null
  stopTimeout: number | null
  tty: boolean
  readOnlyRoot?: boolean
  hostname?: string
  /** As in Config.Healthcheck; the image's own without. */
  healthcheck?: object
  /** The golden image (id) whose /usr/bin/cp and du fill the copies. */
  copyWith?: string
}

/** A program run in a container that is there. */
export interface ExecSpec {
  /** The program's absolute path, then arguments. */
  argv: string[]
  user?: string
  env?: string[]
  timeoutMs: number
}

/** How an exec ended; `pid` is that of the program on the engine's machine, 0 when it has ended. */
export type ExecResult = ProbeResult & { pid: number }

/** A clone; leaving its scope removes it. */
export interface Clone extends AsyncDisposable {
  readonly id: string
  state(): Promise<ContainerState>
  /** Its last 500 lines of both streams. */
  logs(): Promise<LogLine[]>
  /** Resolves true when a line matches, false when the clone ended or the time is over. */
  waitForLine(pattern: RegExp, timeoutMs: number): Promise<boolean>
  /** Its exit code, or null when it still runs after that time. */
  waitForEnd(timeoutMs: number): Promise<number | null>
  exec(spec: ExecSpec): Promise<ExecResult>
  /** The engine's stop: its signal, and SIGKILL after `graceSeconds`. Resolves when the clone has ended. */
  stop(graceSeconds: number): Promise<void>
  /** Starts it again, stopped before if it runs. */
  restart(graceSeconds: number): Promise<void>
}

/** Images that a check builds in the student's engine; leaving its scope removes them. */
export interface Builds extends AsyncDisposable {
  /** Unique, hard to guess. */
  readonly mark: string
  /** `key=value`: every image must bear it. */
  readonly label: string
}

export interface LogLine {
  stream: 'stdout' | 'stderr'
  /** The engine's time, RFC 3339 with nine decimals: later lines compare greater as text. */
  at: string
  text: string
}
