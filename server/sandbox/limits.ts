import type { SandboxSize } from './sandbox-driver.ts'

const MiB = 1 << 20
const GiB = 1 << 30

interface Limit {
  value: number
  unit: 'bytes' | 'processes' | 'descriptors' | 'shares' | 'signals' | 'count' | 'points'
  why: string
}

/**
 * What one sandbox may use: every number, its unit and its reason.
 * Source, unless said otherwise: measured on 2 cores and 24 GB with 100 sandboxes idle and with attackers beside a neighbour.
 */
export const sandboxLimits = {
  memory: {
    value: GiB,
    unit: 'bytes',
    why: 'engine, a build and a few containers; an idle sandbox takes 38 MiB',
  },
  disk: {
    value: 4 * GiB,
    unit: 'bytes',
    why: 'sparse; a fresh one takes 2 MiB, builds of the labs stay below 1 GiB',
  },
  pids: { value: 500, unit: 'processes', why: '18 idle; a fork bomb stops here' },
  shm: { value: 64 * MiB, unit: 'bytes', why: "Docker's own default, counted in the sandbox's memory" },
  cpuShares: {
    value: 128,
    unit: 'shares',
    why: 'against attackers a neighbour answers in 94 ms; without shares 326, with a quota alone 775',
  },
  oomScore: {
    value: 500,
    unit: 'points',
    why: 'when the whole machine is out of memory a sandbox dies before an engine',
  },
  openFiles: {
    value: 20_000,
    unit: 'descriptors',
    why: 'dockerd and containerd need some thousands; bounds kernel memory',
  },
  coreDump: { value: 0, unit: 'bytes', why: "a core dump would run the host's handler" },
  pendingSignals: { value: 256, unit: 'signals', why: 'counted for all sandboxes and the host together' },
  messageQueues: { value: 163_840, unit: 'bytes', why: 'counted for all sandboxes together' },
  lockedMemory: { value: 8 * MiB, unit: 'bytes', why: 'locked pages cannot be reclaimed' },
  logFile: {
    value: MiB,
    unit: 'bytes',
    why: 'what the first process prints lands on the host; two files of this size are kept',
  },
  cgroups: {
    value: 200,
    unit: 'count',
    why: 'cgroup ids are few on the host; cgroup v2 holds to it, on v1 who has more is ended when they become scarce',
  },
  ptys: {
    value: 1_000,
    unit: 'count',
    why: 'all sandboxes share kernel.pty.max; who has more is ended when they become scarce',
  },
} as const satisfies Record<string, Limit>

/** What a sandbox may use whose lab asks for nothing else. */
export const usualSize: SandboxSize = {
  memoryBytes: sandboxLimits.memory.value,
  diskBytes: sandboxLimits.disk.value,
  pids: sandboxLimits.pids.value,
  cpus: 0,
}

/** Below the sandbox's own, where that is the usual: what all student containers together, and all terminals together, may take of it. */
export const reserveLimits = {
  studentPids: { value: 350, unit: 'processes', why: 'a bomb in a container leaves `docker rm -f` working' },
  studentMemory: {
    value: 800 * MiB,
    unit: 'bytes',
    why: 'an eater gets a clean 137 while shell and engine live on',
  },
  shellPids: { value: 150, unit: 'processes', why: 'the likeliest fork bomb is typed into the terminal' },
  shellMemory: { value: 300 * MiB, unit: 'bytes', why: 'an eater typed into the terminal' },
} as const satisfies Record<string, Limit>

/** The same for a sandbox of that size: in the same proportion. */
export function reserveOf({ memoryBytes, pids }: SandboxSize): Record<keyof typeof reserveLimits, number> {
  const of = (part: number, whole: number, all: number) => Math.floor((part * all) / whole)
  return {
    studentPids: of(reserveLimits.studentPids.value, usualSize.pids, pids),
    studentMemory: of(reserveLimits.studentMemory.value, usualSize.memoryBytes, memoryBytes),
    shellPids: of(reserveLimits.shellPids.value, usualSize.pids, pids),
    shellMemory: of(reserveLimits.shellMemory.value, usualSize.memoryBytes, memoryBytes),
  }
}

/** Most that one sandbox's user namespace may make of each, nested ones counted: `max_<name>` of /proc/sys/user. */
export const namespaceCaps = {
  inotify_instances: { value: 128, unit: 'count', why: 'all sandboxes share one count per host user' },
  inotify_watches: { value: 20_000, unit: 'count', why: 'the same' },
  fanotify_groups: { value: 16, unit: 'count', why: 'the same' },
  net_namespaces: {
    value: 40,
    unit: 'count',
    why: '2000 of them take 250-400 MB of host memory that no limit counts',
  },
  user_namespaces: { value: 40, unit: 'count', why: 'each nests the others' },
  mnt_namespaces: { value: 100, unit: 'count', why: 'one for each container and build step' },
  pid_namespaces: { value: 100, unit: 'count', why: 'one for each container and build step' },
  ipc_namespaces: { value: 60, unit: 'count', why: 'one for each container' },
  uts_namespaces: { value: 60, unit: 'count', why: 'one for each container' },
  cgroup_namespaces: { value: 60, unit: 'count', why: 'one for each container' },
} as const satisfies Record<string, Limit>

/** From here on something is scarce on the whole machine, and who has more of it than a sandbox may is ended. */
export const machineAlarms = {
  cgroups: { value: 4_000, unit: 'count', why: '200 sandboxes with 20 each; cgroup v1 has 65,535' },
  ptys: { value: 8_192, unit: 'count', why: '200 sandboxes with 40 each; kernel.pty.max is 65,536' },
} as const satisfies Record<string, Limit>

/** Memory that stays free for the host, beside all that one more sandbox may take. A start below waits in the queue. */
export const MEMORY_RESERVE_BYTES = 0.5 * GiB
/** What one of the usual size that is starting has yet to take: idle it takes 55 MB with all that the host holds for it, at work in a lab up to 200. */
export const STARTING_BYTES = 200 * MiB

/** Room that stays free on the file system of the disks: they are sparse, and their sum can exceed it. A start below is refused. */
export const DISK_RESERVE_BYTES = 6 * GiB
