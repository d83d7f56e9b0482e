import type { Duplex } from 'node:stream'

/** What a sandbox shows of the lab that it is for. */
export interface SandboxNames {
  /** Host name in the sandbox and label of the prompt: `[a-z0-9-]`, at most 40 characters. */
  hostname: string
  /** Text of the message of the day. */
  motd: string
}

/** What one sandbox may use. */
export interface SandboxSize {
  memoryBytes: number
  diskBytes: number
  /** Processes at the same time. */
  pids: number
  /** CPUs that it may keep busy; 0 for half of those there are. */
  cpus: number
}

/** What one sandbox is made from. */
export interface SandboxSpec extends SandboxNames {
  /** 16 lowercase hex digits, chosen by the caller, unique in the installation. */
  id: string
  /** Without it the usual one. A checkpoint's disk is as large as it was. */
  size?: SandboxSize
  /** Started ahead, for nobody yet: its container says so. */
  pooled?: boolean
  /** Name of a checkpoint: the sandbox starts with its disk, as that machine would after a restart. Otherwise with an empty one. */
  checkpoint?: string
  /** Whose checkpoint it is, when another installation of this host made it. */
  checkpointOf?: string
}

/** A copy of a sandbox's disk. */
export interface CheckpointFile {
  name: string
  /** The sandbox whose disk it is; it may be gone. */
  sandbox: string
  /** What it takes on the host's disk: holes are not counted. */
  bytes: number
}

export interface TakenCheckpoint extends CheckpointFile {
  /** The time in which nothing could be written, in milliseconds since the epoch by the clock of this process. */
  stoodStill: { from: number; to: number }
}

/** One step of a start as it ends, with its duration in milliseconds. */
export interface StartStep {
  name: 'disk' | 'sandbox' | 'engine'
  ms: number
}

export type SandboxState = 'running' | 'stopped' | 'gone'

export interface ExecSpec {
  /** Program by absolute path, then its arguments. No shell. */
  argv: string[]
  /** `root` (default) or `student`, inside the sandbox. */
  user?: 'root' | 'student'
  /** The program's whole environment; empty by default. */
  env?: Record<string, string>
  cwd?: string
  /** A terminal instead of three pipes; the size holds before the program starts. */
  tty?: { cols: number; rows: number }
  signal?: AbortSignal
}

/** A program running in the sandbox. */
export interface SandboxProcess {
  /** Writing goes to standard input; reading gives standard output (with a tty: all output). Backpressure holds both ways. */
  stream: Duplex
  /** Last 16 kB of standard error; empty with a tty. */
  stderr(): string
  /** Resolves with the exit code when the program has ended, or with undefined when nobody can say, as when the sandbox vanished. Never rejects. */
  exit: Promise<number | undefined>
  /** Sets the terminal's size. Resolves also when the program has already ended. */
  resize(cols: number, rows: number): Promise<void>
}

export interface SandboxStats {
  memoryBytes: number
  memoryLimitBytes: number
  pids: number
  /** CPU time used since the start, in nanoseconds. */
  cpuNanos: number
  diskBytes: number
  diskLimitBytes: number
}

/** How full a sandbox's disk is: the shares of its bytes and of the files that it can hold, 0 to 1. */
export interface DiskUse {
  sandbox: string
  bytes: number
  files: number
}

/** What one sandbox uses: memory now, CPU time since its start. */
export interface SandboxUsage {
  sandbox: string
  memoryBytes: number
  cpuNanos: number
  /** It has cores only while nobody else wants them. */
  yields: boolean
}

/** Something that changed against the sandbox image, seen from outside. */
export interface SandboxChanges {
  /** Paths below the root, `/`-led, bounded to 2,000; `truncated` says whether there were more. */
  paths: string[]
  truncated: boolean
  /** Mount points that were not there after the start. */
  mounts: string[]
}

/** An entry of the disk that is not as in the sandbox image. */
export interface ChangedFile {
  /** Below the root, `/`-led; any bytes but NUL. */
  path: string
  kind: 'file' | 'link' | 'folder' | 'removed' | 'other'
}

/** What the kernel and the disk say of a sandbox, read from outside in one go. Nobody inside is asked. */
export interface SandboxWitness {
  /** Changed entries where programs, libraries and their settings are, at most 3,000; `truncated` says whether there were more. */
  files: ChangedFile[]
  truncated: boolean
  /** Mount points that were not there after the start, and those of the start that are gone. Not those of the engine's own. */
  mounts: string[]
  unmounted: string[]
  /**
   * The programs at the other end of the server's connections to the student engine, each once; an empty name where no process
   * of the sandbox holds that end. `own`: the engine of the sandbox image, started by the sandbox's first process.
   */
  answering: { program: string; own: boolean }[]
  /** The processes in each container's cgroup, by the container's full id, as the sandbox numbers them. */
  containers: ReadonlyMap<string, readonly number[]>
  memory:
    | {
        /** When the sandbox was started, nanoseconds since the epoch as digits. */
        since: string
        /** How many processes the kernel has ended since then for want of memory: in this sandbox, or at least on this machine. */
        kills: number
        /** Bytes: the most that the student's containers had together and may have, and the whole sandbox. Absent where the kernel keeps no such mark. */
        marks: { studentPeak: number; studentLimit: number; peak: number; limit: number } | undefined
      }
    | undefined
}

export interface Sandbox {
  readonly id: string
  /** It is known to run on this process's kernel, so that its clock is ours. */
  readonly sharesClock: boolean
  /** Name of the golden store under it, which says its contents; null for a sandbox without one. */
  store(): Promise<string | null>
  /** Whether it runs. Never throws for a sandbox that is gone. */
  state(): Promise<SandboxState>
  /** Gives one that was started ahead the names of a lab, now and whenever it starts again. Not for one in which somebody was. Throws `sandbox-gone`. */
  claim(names: SandboxNames): Promise<void>
  /** Starts a program in the sandbox. Throws `sandbox-gone` when there is none. */
  exec(spec: ExecSpec): Promise<SandboxProcess>
  /** A new connection to the student engine's API socket, ready for HTTP/1.1. */
  dialEngine(signal?: AbortSignal): Promise<Duplex>
  /** What it uses now. */
  stats(): Promise<SandboxStats>
  /** What differs from the sandbox image and from the mounts of the start. */
  changes(): Promise<SandboxChanges>
  /** What can be known of it without asking anyone inside. Throws `sandbox-gone`. */
  witness(): Promise<SandboxWitness>
  /**
   * Copies the disk as it is at one moment; who writes to it meanwhile waits. `name` is a fresh one of this sandbox
   * (checkpoint-name.ts). One that fails or is cut short leaves nothing. Throws `disk-full`, `sandbox-gone`.
   */
  checkpoint(name: string): Promise<TakenCheckpoint>
  /** Stops every program in it until `unpause`: none may be started meanwhile. Throws `sandbox-gone`. */
  pause(): Promise<void>
  /** Lets them go on; also in one that was never paused. Takes a few milliseconds. */
  unpause(): Promise<void>
  /** Removes the sandbox and all it owns. Resolves if it is already gone. */
  destroy(): Promise<void>
}

/** What the machine of the sandboxes has left. Sizes in bytes. */
export interface Room {
  cores: number
  memoryBytes: number
  diskBytes: number
}

/** A sandbox that has more than one may have of what runs out on the machine. */
export interface Hoarder {
  sandbox: string
  what: 'cgroups' | 'ptys'
  count: number
}

export interface SweepReport {
  containers: string[]
  disks: string[]
  mounts: string[]
  loops: string[]
  checkpoints: string[]
  /** Of containers that the engine had forgotten. */
  cgroups: string[]
  /** What bears our labels and is not ours: it was left alone. */
  strangers: string[]
}

export interface SandboxDriver {
  /** Makes the host side ready (helper, stores, seccomp) and proves the store cannot be written. Throws `engine-unreachable` or `engine-unsafe`. */
  prepare(): Promise<void>
  /**
   * Makes it possible to start sandboxes with these lab images: the name that a student sees, and the id. They are used by every
   * sandbox that is made after the answer was called; those that are there keep theirs.
   */
  prepareImages(images: readonly { name: string; id: string }[]): Promise<() => void>
  /** Starts a sandbox; resolves when its engine answers. A start that fails at any step leaves nothing and throws `sandbox-failed`, `disk-full` or `engine-unreachable`. */
  create(
    spec: SandboxSpec,
    options?: { signal?: AbortSignal; onStep?: (step: StartStep) => void },
  ): Promise<Sandbox>
  /** The sandbox of that id if this installation has it, running or not. */
  get(id: string): Promise<Sandbox | undefined>
  /** Starts a stopped sandbox again on its own disk; resolves when its engine answers. */
  restart(id: string): Promise<Sandbox>
  /** All checkpoints of this installation that are whole. */
  checkpoints(): Promise<CheckpointFile[]>
  /** Removes a checkpoint. Resolves if it is already gone. */
  removeCheckpoint(name: string): Promise<void>
  /** Asked now. Throws `engine-unreachable`. */
  room(): Promise<Room>
  /** Lets a sandbox have cores only while nobody else wants them, or as much as any other again. Throws `sandbox-gone`. */
  yieldCpu(id: string, yields: boolean): Promise<void>
  /** Those who take what all others need, while the machine runs out of it. */
  hoarders(): Promise<Hoarder[]>
  /** Of all sandboxes that run, in one look. Throws `engine-unreachable`. */
  usage(): Promise<SandboxUsage[]>
  /** Of all sandboxes, in one look. Throws `engine-unreachable`. */
  diskUses(): Promise<DiskUse[]>
  /** Ids of those that an earlier version made and this one cannot go on with. They can be ended. Throws `engine-unreachable`. */
  outdated(): Promise<string[]>
  /** Ids of all sandboxes of this installation. */
  list(): Promise<string[]>
  /**
   * Removes all of this installation's that belongs to no id in `keep` (containers, disks, mounts, loop devices, cgroups), and
   * all checkpoints but those named: none is kept without names.
   */
  sweep(keep: ReadonlySet<string>, checkpoints?: ReadonlySet<string> | 'all'): Promise<SweepReport>
  /** For a host engine that is silent: every call that waits for its answer fails with `engine-unreachable`. What streams goes on. */
  giveUp(): void
  /** Ends the host side's own helpers of this installation; sandboxes go on. */
  close(): Promise<void>
}
