import type { SandboxSize } from './sandbox-driver.ts'

const MiB = 1 << 20
const GiB = 1 << 30

interface Limit {
  value: number
  unit:
    | 'bytes'
    | 'processes'
    | 'descriptors'
    | 'shares'
    | 'signals'
    | 'count'
    | 'points'
    | 'files'
    | 'cores in each'
  why: string
  /** Where the number comes from: what was measured, or whose default it is. */
  source: string
}

/** On 2 cores and 24 GB, engine 20.10, with up to 200 sandboxes idle and with attackers beside a neighbour. */
const MEASURED = 'measured'
const DOCKER = "Docker's default"

/** What one sandbox may use: every number, its unit, its reason and its source. Memory, disk, processes and CPUs may be others for a lab. */
export const sandboxLimits = {
  memory: {
    value: GiB,
    unit: 'bytes',
    why: 'engine, a build and a few containers',
    source: `${MEASURED}: 38 MiB idle; the labs and their builds run in it`,
  },
  swap: {
    value: 0,
    unit: 'bytes',
    why: 'memory and swap together are the memory: who swaps slows down the disk of all',
    source: 'a decision: an out-of-memory kill is what a lab shows',
  },
  disk: {
    value: 4 * GiB,
    unit: 'bytes',
    why: 'images, containers, volumes and home of one student; sparse',
    source: `${MEASURED}: 2 MiB fresh, below 1 GiB with the builds of the labs`,
  },
  pids: {
    value: 500,
    unit: 'processes',
    why: 'a fork bomb stops here',
    source: `${MEASURED}: 18 idle`,
  },
  cpuShares: {
    value: 128,
    unit: 'shares',
    why: 'a sandbox yields to the server and its engine',
    source: `${MEASURED}: beside four attackers a neighbour answers in 94 ms, without shares in 326, with a quota alone in 775`,
  },
  yieldingShares: {
    value: 2,
    unit: 'shares',
    why: 'of one that kept cores busy for long: it has what nobody else wants',
    source:
      "the least there is; 2 cores, one attacker who forks: a neighbour's p99 93 ms where 818 and 1208 were seen before and after",
  },
  cpus: {
    value: 0.5,
    unit: 'cores in each',
    why: 'one at least; who forks without end keeps the kernel busy for all on every core that it may use, whatever its shares',
    source:
      '2 cores, one attacker who forks, 500 programs beside it of each kind in turns: p99 315 ms with one core, 569 with two; four attackers 631 and 882. A start takes the same',
  },
  shm: { value: 64 * MiB, unit: 'bytes', why: "counted in the sandbox's memory", source: DOCKER },
  dev: { value: 64 * MiB, unit: 'bytes', why: 'the same', source: DOCKER },
  run: {
    value: 16 * MiB,
    unit: 'bytes',
    why: 'sockets and state of the engine, gone at each start',
    source: 'chosen: small beside the memory that it is counted in',
  },
  oomScore: {
    value: 500,
    unit: 'points',
    why: 'when the whole machine is out of memory a sandbox dies before an engine',
    source: 'half of the most there is: the engine has 0 or less',
  },
  openFiles: {
    value: 20_000,
    unit: 'descriptors',
    why: 'of each process; bounds memory of the kernel',
    source: 'chosen: far above what an engine was seen to open',
  },
  coreDump: {
    value: 0,
    unit: 'bytes',
    why: "a core dump would run the host's handler",
    source: 'a decision',
  },
  pendingSignals: {
    value: 256,
    unit: 'signals',
    why: 'counted for all sandboxes and the host together',
    source: `${MEASURED}: without it programs of the host failed`,
  },
  messageQueues: {
    value: 163_840,
    unit: 'bytes',
    why: 'counted for all sandboxes together',
    source: `a fifth of Linux' default; ${MEASURED}: without it a neighbour got none`,
  },
  lockedMemory: {
    value: 8 * MiB,
    unit: 'bytes',
    why: 'locked pages cannot be reclaimed',
    source: "Linux' default of today",
  },
  logFile: {
    value: MiB,
    unit: 'bytes',
    why: 'what the first process prints lands on the host',
    source: `${MEASURED}: without it a flood put 50 MB there`,
  },
  logFiles: {
    value: 2,
    unit: 'files',
    why: 'the one that is written and the one before',
    source: 'the fewest that rotate',
  },
  cgroups: {
    value: 200,
    unit: 'count',
    why: 'cgroup ids are few on the host; cgroup v2 holds to it, on v1 who has more is ended when they become scarce',
    source: `${MEASURED}: an attacker makes 4000 in 2.5 s; a container takes one`,
  },
  ptys: {
    value: 1_000,
    unit: 'count',
    why: 'all sandboxes share kernel.pty.max; who has more is ended when they become scarce',
    source: 'chosen: far above eight terminals in the page and one for each container',
  },
} as const satisfies Record<string, Limit>

/** From here on something is scarce on the whole machine, and who has more of it than a sandbox may is ended. */
export const machineAlarms = {
  cgroups: {
    value: 4_000,
    unit: 'count',
    why: 'cgroup v1 has 65,535 ids',
    source: '200 sandboxes with 20 each',
  },
  ptys: {
    value: 8_192,
    unit: 'count',
    why: 'kernel.pty.max is 65,536',
    source: '200 sandboxes with 40 each',
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
  studentPids: {
    value: 350,
    unit: 'processes',
    why: 'a bomb in a container leaves `docker rm -f` working',
    source: `${MEASURED}: with a bomb in a container an exec, a new container and its removal work`,
  },
  studentMemory: {
    value: 800 * MiB,
    unit: 'bytes',
    why: 'an eater gets a clean 137 while shell and engine live on',
    source: `${MEASURED}: with an eater in a container the engine answers`,
  },
  shellPids: {
    value: 150,
    unit: 'processes',
    why: 'the likeliest fork bomb is typed into the terminal',
    source: 'what the containers leave',
  },
  shellMemory: {
    value: 300 * MiB,
    unit: 'bytes',
    why: 'an eater typed into the terminal',
    source: 'chosen',
  },
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
  inotify_instances: {
    value: 128,
    unit: 'count',
    why: 'all sandboxes share one count per host user',
    source: "Linux' default for one user",
  },
  inotify_watches: { value: 20_000, unit: 'count', why: 'the same', source: 'chosen' },
  fanotify_groups: {
    value: 16,
    unit: 'count',
    why: 'the same',
    source: 'an eighth of the default for one user',
  },
  net_namespaces: {
    value: 40,
    unit: 'count',
    why: 'each takes memory of the host that no limit counts',
    source: `${MEASURED}: 250-400 MB for 2000; one for each container`,
  },
  user_namespaces: {
    value: 40,
    unit: 'count',
    why: 'each nests the others',
    source: 'chosen: as many as networks',
  },
  mnt_namespaces: {
    value: 100,
    unit: 'count',
    why: 'memory of the kernel',
    source: 'chosen: above the containers that fit into the memory',
  },
  pid_namespaces: {
    value: 100,
    unit: 'count',
    why: 'the same',
    source: 'chosen: above the containers that fit into the memory',
  },
  ipc_namespaces: { value: 60, unit: 'count', why: 'the same', source: 'chosen: the same' },
  uts_namespaces: { value: 60, unit: 'count', why: 'the same', source: 'chosen: the same' },
  cgroup_namespaces: { value: 60, unit: 'count', why: 'the same', source: 'chosen: the same' },
} as const satisfies Record<string, Limit>

/** Memory that stays free for the host, beside all that one more sandbox may take. A start below waits in the queue. */
export const MEMORY_RESERVE_BYTES = 0.5 * GiB
/** What one of the usual size that is starting has yet to take: idle it takes 55 MB with all that the host holds for it, at work in a lab up to 200. */
export const STARTING_BYTES = 200 * MiB

/** Room that stays free on the file system of the disks: they are sparse, and their sum can exceed it. A start below is refused. */
export const DISK_RESERVE_BYTES = 6 * GiB
