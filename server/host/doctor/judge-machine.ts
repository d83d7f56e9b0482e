import { type SeenSetting, sysctlLine } from '../kernel-settings.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const GiB = 1 << 30

/** Room on the file system of a directory. */
export interface Room {
  bytesFree: number
  /** 0 where the file system has no fixed number of them. */
  inodes: number
  inodesFree: number
}

/** Below this a start of a sandbox is refused: DISK_RESERVE_BYTES of the sandbox's limits. */
export const LEAST_ROOM = 6 * GiB
/** A class needs more than what stays free on the disk. Bytes. */
const GOOD_ROOM = 15 * GiB
const LEAST_INODES = 0.05

/** Whether there is room on the disk where `what` is. */
export function judgeRoom(what: string, path: string, room: Room): Finding {
  const name = `disk of ${what}`
  const free = `${(room.bytesFree / GiB).toFixed(1)} GiB free at ${path}`
  const mend = `Free some, or put it on a larger disk.`
  if (room.bytesFree < LEAST_ROOM)
    return { ...fail(name, free, `${mend} At least ${LEAST_ROOM / GiB} GiB are needed.`), passing: true }
  if (room.inodes > 0 && room.inodesFree / room.inodes < LEAST_INODES)
    return warn(
      name,
      `${free}, but only ${room.inodesFree} of ${room.inodes} inodes`,
      'Remove small files there.',
    )
  if (room.bytesFree < GOOD_ROOM) return warn(name, free, `${mend} A class wants ${GOOD_ROOM / GiB} GiB.`)
  return ok(name, free)
}

/** What an idle sandbox costs in all, and what must remain for the machine itself. Bytes; 100 sandboxes idle were measured. */
const PER_SANDBOX = 55 << 20
const MACHINE_OWN = GiB

/** Whether memory and cores are enough for anything. Bytes. */
export function judgeSize(totalMemory: number, cores: number): Finding {
  const memory = `${(totalMemory / GiB).toFixed(1)} GiB`
  const seen = `${memory}, ${cores} ${cores === 1 ? 'core' : 'cores'}`
  const idle = Math.floor((totalMemory - MACHINE_OWN) / PER_SANDBOX)
  if (totalMemory < 2 * GiB) return fail('memory', seen, 'Use a machine with at least 4 GiB.')
  if (totalMemory < 7 * GiB || cores < 2)
    return warn('memory', seen, 'Fine for one or two people; a class wants 8 GiB and 2 cores.')
  return ok('memory', `${seen}: about ${idle} sandboxes idle`)
}

/** What the kernel's list of file systems says. It loads them when they are asked for, so one that is not listed may still be there. */
export function judgeFileSystems(list: string): Finding {
  const has = (name: string) => new RegExp(`\\t${name}$`, 'm').test(list)
  if (!has('overlay'))
    return warn('overlay', 'not loaded', 'modprobe overlay; a kernel without it runs no sandbox.')
  const packed = (['erofs', 'squashfs'] as const).find(has)
  return ok('file systems', `overlay${packed ? `, ${packed}` : '; erofs or squashfs is loaded when needed'}`)
}

/**
 * How the disks of sandboxes are bounded: each is a file of its own with a file system in it, mounted through a loop device. The
 * text is /proc/devices; the driver of these devices is loaded when one is asked for, where it is a module.
 */
export function judgeDiskBound(devices: string, hasControl: boolean): Finding {
  const name = 'disk of each sandbox'
  if (hasControl || /^ *7 loop$/m.test(devices))
    return ok(name, 'bounded by a file system of its own in a file, through a loop device')
  return fail(
    name,
    'no loop devices: without them nothing bounds it, so no sandbox starts',
    'As root: modprobe loop. Where that fails the kernel needs CONFIG_BLK_DEV_LOOP.',
  )
}

/** What a sandbox is held by, and made to stand still with. */
const CONTROLLERS = ['cpu', 'memory', 'pids', 'devices', 'freezer']

/** Whether the kernel has what sandboxes are held by. The text is /proc/cgroups: name, hierarchy, count, and 1 when it is on. */
export function judgeControllers(cgroups: string): Finding {
  const on = cgroups.split('\n').flatMap((line) => /^(\w+)\t\d+\t\d+\t1$/.exec(line)?.[1] ?? [])
  const missing = CONTROLLERS.filter((each) => !on.includes(each))
  if (missing.length === 0) return ok('cgroup controllers', CONTROLLERS.join(', '))
  return fail(
    'cgroup controllers',
    `${missing.join(', ')} not there`,
    'Boot without cgroup_disable=, and for memory with cgroup_enable=memory.',
  )
}

/** The kernel's numbers that all sandboxes share; without them about 190 sandboxes are the end. */
export function judgeKernelSettings(seen: readonly SeenSetting[]): Finding[] {
  const wrong = seen.filter(({ ok }) => !ok)
  if (wrong.length === 0) return [ok('kernel settings', `${seen.length} as needed`)]
  return wrong.map((each) =>
    warn(each.name, `${each.now}: ${each.why}`, `As root: ${sysctlLine(each)} (npm start does it)`),
  )
}
