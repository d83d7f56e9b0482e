import type Docker from 'dockerode'
import { sandboxLimits as limits, reserveOf } from '../limits.ts'
import type { SandboxSize } from '../sandbox-driver.ts'
import { seccompProfile } from './seccomp.ts'

declare module 'dockerode' {
  interface HostConfig {
    CgroupnsMode?: 'private' | 'host'
  }
}

/** Where the host side has things, as paths of the host engine's mount namespace. */
export interface SandboxMounts {
  disk: string
  tools: string
  /** Absent only for the sandbox in which a store is made. */
  store?: string
}

export interface RunOptions {
  name: string
  image: string
  hostname: string
  motd: string
  labels: Record<string, string>
  mounts: SandboxMounts
  size: SandboxSize
  /** Of the machine. */
  cores: number
  /** The most that any sandbox may keep busy; 0 for all. */
  maxCpus: number
  /** Whether the host engine enforces AppArmor: its default profile forbids the mounts of an engine. */
  appArmor: boolean
}

const ulimit = (Name: string, value: number) => ({ Name, Soft: value, Hard: value })

/** The one description of a sandbox's container. Two capabilities that count only inside its user namespace; never privileged. */
export function runOptions(options: RunOptions): Docker.ContainerCreateOptions {
  const { mounts, size } = options
  const cores = Math.max(1, options.cores)
  const most = options.maxCpus === 0 ? cores : Math.max(1, options.maxCpus)
  return {
    name: options.name,
    Image: options.image,
    Hostname: options.hostname,
    Labels: options.labels,
    WorkingDir: '/',
    Entrypoint: ['/opt/drydock/entrypoint'],
    Cmd: [options.motd, ...Object.values(reserveOf(size)).map(String)],
    HostConfig: {
      NetworkMode: 'none',
      CgroupnsMode: 'private',
      // After every start cgroups and caps must be set anew, so nothing may start a sandbox but the driver.
      RestartPolicy: { Name: 'no' },
      CapAdd: ['SYS_ADMIN', 'NET_ADMIN'],
      SecurityOpt: [
        `seccomp=${JSON.stringify(seccompProfile())}`,
        ...(options.appArmor ? ['apparmor=unconfined'] : []),
      ],
      // The inner runc mounts proc and sysfs of its own, which the kernel allows only where none of it is hidden.
      MaskedPaths: [],
      ReadonlyPaths: [],
      Memory: size.memoryBytes,
      MemorySwap: size.memoryBytes + limits.swap.value,
      CpuShares: limits.cpuShares.value,
      // Less than one core makes every program of its own wait.
      NanoCpus: Math.floor(Math.min(cores, most, Math.max(1, size.cpus || cores * limits.cpus.value)) * 1e9),
      PidsLimit: size.pids,
      ShmSize: limits.shm.value,
      OomScoreAdj: limits.oomScore.value,
      Ulimits: [
        ulimit('nofile', limits.openFiles.value),
        ulimit('core', limits.coreDump.value),
        ulimit('sigpending', limits.pendingSignals.value),
        ulimit('msgqueue', limits.messageQueues.value),
        ulimit('memlock', limits.lockedMemory.value),
      ],
      LogConfig: {
        Type: 'local',
        Config: { 'max-size': `${limits.logFile.value}b`, 'max-file': String(limits.logFiles.value) },
      },
      Binds: [
        `${mounts.disk}:/data`,
        `${mounts.tools}:/opt/drydock:ro`,
        ...(mounts.store ? [`${mounts.store}:/opt/golden:ro`] : []),
      ],
    },
  }
}
