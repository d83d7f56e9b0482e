import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Step } from './report.ts'

/** A number of the kernel that all sandboxes of a machine share. */
export interface KernelSetting {
  name: string
  /** `least`: it must not be lower; `most`: it must not be higher. */
  bound: 'least' | 'most'
  value: number
  why: string
}

/**
 * What the machine's kernel must allow for 200 sandboxes whose students take all they may. Debian's own numbers run out
 * earlier, for the host too, since all sandboxes count for the same host user.
 * Source: exhaustion tried as root in a sandbox beside a neighbour; the caps of one sandbox are in sandbox/limits.ts.
 */
export const kernelSettings: readonly KernelSetting[] = [
  {
    name: 'kernel.keys.maxkeys',
    bound: 'least',
    value: 20_000,
    why: 'each sandbox takes a key; at the default of 200 starts fail from about 190 sandboxes on',
  },
  { name: 'kernel.keys.maxbytes', bound: 'least', value: 2_000_000, why: 'the same in bytes' },
  {
    name: 'kernel.pid_max',
    bound: 'least',
    value: 4_194_304,
    why: 'the default of 32768 is less than 66 sandboxes may have',
  },
  { name: 'kernel.pty.max', bound: 'least', value: 65_536, why: 'one student can take 4096 terminals' },
  {
    name: 'fs.aio-max-nr',
    bound: 'least',
    value: 2 ** 32,
    why: 'one student can take 8388608, and then the host has none; at 64 bytes each of their 1 GiB, 200 cannot take these',
  },
  {
    name: 'fs.file-max',
    bound: 'least',
    value: 2 ** 32,
    why: 'one student can take the 2466165 of a machine of 24 GB, and then nobody but root opens a file; at 210 bytes each of their 1 GiB, 200 cannot take these',
  },
  {
    name: 'fs.inotify.max_user_instances',
    bound: 'least',
    value: 26_000,
    why: 'a sandbox may have 128 and all share the count',
  },
  {
    name: 'fs.inotify.max_user_watches',
    bound: 'least',
    value: 4_100_000,
    why: 'a sandbox may have 20000 and all share the count',
  },
  {
    name: 'fs.fanotify.max_user_groups',
    bound: 'least',
    value: 3_300,
    why: 'a sandbox may have 16 and all share the count',
  },
  {
    name: 'net.netfilter.nf_conntrack_max',
    bound: 'most',
    value: 65_536,
    why: 'each network of a student may remember so many flows, at 256 bytes of the host that no limit counts: 0.7 GB with all of its 40 networks, 2.7 GB at the default of 262144',
  },
  {
    name: 'dev.tty.legacy_tiocsti',
    bound: 'most',
    value: 0,
    why: 'nobody needs to type into a terminal from outside',
  },
]

/** A setting as it is now; `now` is undefined where this kernel has none of that name. */
export interface SeenSetting extends KernelSetting {
  now: number | undefined
  ok: boolean
}

/** All settings as they are. */
export async function readKernelSettings(root = '/proc/sys'): Promise<SeenSetting[]> {
  return await Promise.all(
    kernelSettings.map(async (setting) => {
      const text = await readFile(fileOf(root, setting), 'utf8').catch(() => undefined)
      const now = text === undefined ? undefined : Number(text)
      return { ...setting, now, ok: now === undefined || holds(setting, now) }
    }),
  )
}

/** Sets those that do not hold, and tells each with its old and new value; those that cannot be set are told and left, and `doctor` explains them. Never throws. */
export async function ensureKernelSettings(step: Step, root = '/proc/sys'): Promise<void> {
  const wrong = (await readKernelSettings(root)).filter(({ ok }) => !ok)
  const told: string[] = []
  for (const setting of wrong) {
    const { name, now, value } = setting
    const set = await writeFile(fileOf(root, setting), String(value)).then(
      () => true,
      () => false,
    )
    told.push(set ? `${name} ${now} -> ${value}` : `${name} stays ${now}, ${value} is wanted`)
  }
  step.outcome(told.length > 0 ? told.join('\n              ') : 'as needed')
}

/** The command that sets it until the next boot. */
export const sysctlLine = ({ name, value }: KernelSetting): string => `sysctl -w ${name}=${value}`

const fileOf = (root: string, { name }: KernelSetting) => join(root, ...name.split('.'))

const holds = ({ bound, value }: KernelSetting, now: number) =>
  bound === 'least' ? now >= value : now <= value
