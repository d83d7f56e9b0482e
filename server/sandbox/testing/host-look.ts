import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** Settings that the kernel itself changes, and those of the network, which belong to a namespace. */
const MOVING =
  /^\/proc\/sys\/(net|fs\/(dentry-state|file-nr|inode-nr|inode-state|aio-nr|quota|binfmt_misc)|kernel\/(random|ns_last_pid|pty\/nr|perf_event_max_sample_rate|tainted)|vm\/stat_refresh)/

/** A word that attacks put into what they make, where a name can be chosen: it must be nowhere on the host. */
export const MARK = 'drydock-attack'

/** A defect that an attack brought out; a process that was ended for want of memory is none. */
const DEFECT = /BUG:|Oops|general protection fault|kernel panic|soft lockup/

function settings(place: string): [string, string][] {
  return readdirSync(place, { withFileTypes: true }).flatMap((entry): [string, string][] => {
    const path = join(place, entry.name)
    if (MOVING.test(path)) return []
    if (entry.isDirectory()) return settings(path)
    try {
      return [[path, readFileSync(path, 'latin1')]]
    } catch {
      return [] // some can be written only
    }
  })
}

/** A process that has ended, one of the kernel's, which has no mounts of its own, or one that root may not look into. */
const UNSEEN = new Set(['ENOENT', 'ESRCH', 'EINVAL', 'EACCES'])

/** The mounts of every process but those of one container, each mount namespace once. The host's own are always among them. */
function mounts(but: string): string[] {
  const found = new Map([[readlinkSync('/proc/self/ns/mnt'), readFileSync('/proc/self/mountinfo', 'utf8')]])
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(but)) continue
      found.set(readlinkSync(`/proc/${pid}/ns/mnt`), readFileSync(`/proc/${pid}/mountinfo`, 'utf8'))
    } catch (error) {
      if (!UNSEEN.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  return [...found.values()]
}

/** What root sees on the host that no sandbox may change, but for its clock. `attacker`: the id of the container whose own mounts do not count. */
export function hostLook(attacker: string): object {
  return {
    hostname: hostname(),
    settings: Object.fromEntries(settings('/proc/sys')),
    marked: [
      execFileSync('iptables-save', { encoding: 'utf8' }),
      readFileSync('/proc/net/unix', 'utf8'),
      ...mounts(attacker),
    ]
      .flatMap((text) => text.split('\n'))
      .filter((line) => line.includes(MARK)),
    swaps: readFileSync('/proc/swaps', 'utf8'),
    defects: execFileSync('dmesg', { encoding: 'utf8' })
      .split('\n')
      .filter((line) => DEFECT.test(line)),
  }
}

/** The processes that the host has with this text in their arguments. */
export const processesWith = (text: string) =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text)
    } catch {
      return false
    }
  })
