import { type Finding, fail, ok, warn } from './finding.ts'

/** What an engine's /info says, as far as it matters here. */
export interface EngineInfo {
  ServerVersion?: string
  Driver?: string
  CgroupVersion?: string
  CgroupDriver?: string
  SecurityOptions?: string[]
  MemoryLimit?: boolean
  SwapLimit?: boolean
  PidsLimit?: boolean
  CPUShares?: boolean
  LiveRestoreEnabled?: boolean
}

/** The oldest engine that was tried. */
const OLDEST = 20

/** What a host engine's own description means for sandboxes. `allowUnmapped`: the installation trusts its students with root. */
export function judgeEngine(info: EngineInfo, allowUnmapped: boolean): Finding[] {
  const version = info.ServerVersion ?? 'unknown'
  const security = info.SecurityOptions ?? []
  const has = (name: string) => security.some((option) => option.startsWith(`name=${name}`))
  return [
    Number.parseInt(version, 10) >= OLDEST
      ? ok('engine version', version)
      : fail('engine version', version, 'Install Docker 20.10 or newer.'),
    judgeMapping(has('userns'), allowUnmapped),
    has('seccomp')
      ? ok('seccomp', 'filters system calls')
      : fail(
          'seccomp',
          'off',
          'Use a kernel and an engine with seccomp; without it a sandbox is no boundary.',
        ),
    has('apparmor')
      ? warn(
          'apparmor',
          'on; sandboxes run unconfined by it',
          'Nothing to do: user namespaces and seccomp hold. A profile of our own is not installed.',
        )
      : ok('apparmor', 'off'),
    ok('cgroups', `v${info.CgroupVersion ?? '1'}, driver ${info.CgroupDriver ?? 'unknown'}`),
    judgeLimits(info),
    info.Driver === 'overlay2' || info.Driver === 'overlayfs'
      ? ok('storage driver', info.Driver)
      : warn('storage driver', info.Driver ?? 'unknown', 'overlay2 is what was tried; others may be slow.'),
    info.LiveRestoreEnabled
      ? ok('live restore', 'sandboxes outlive a restart of the engine')
      : warn(
          'live restore',
          'off: a restart of the host engine stops all sandboxes',
          'Set "live-restore": true in the daemon.json of that engine.',
        ),
  ]
}

function judgeMapping(remapped: boolean, allowUnmapped: boolean): Finding {
  if (remapped) return ok('user namespaces', 'root in a sandbox is nobody on the host')
  const seen = 'not remapped: root in a sandbox is root on the host'
  const mend = 'Start the engine with --userns-remap=default, or unset DRYDOCK_DOCKER for one of our own.'
  return allowUnmapped ? warn('user namespaces', seen, mend) : fail('user namespaces', seen, mend)
}

function judgeLimits(info: EngineInfo): Finding {
  const { MemoryLimit: memory, PidsLimit: pids, CPUShares: shares, SwapLimit: swap } = info
  const missing = Object.entries({ memory, pids, 'cpu shares': shares }).flatMap(([name, there]) =>
    there === false ? [name] : [],
  )
  if (missing.length > 0)
    return fail(
      'limits',
      `the engine cannot limit ${missing.join(', ')}`,
      'Enable these cgroup controllers at boot (kernel parameters cgroup_enable=…).',
    )
  if (swap === false)
    return warn(
      'limits',
      'memory, processes and CPU, but not swap',
      'Boot with swapaccount=1, or turn swap off.',
    )
  return ok('limits', 'memory, swap, processes and CPU')
}
