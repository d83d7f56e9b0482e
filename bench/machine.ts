import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Config } from '../server/config.ts'

const MB = 1_000_000
const KIB = 1_024
/** Ticks a second in /proc/stat: the kernel tells them in this unit whatever its own is. */
const TICKS_PER_S = 100

/** The number of a line `Name: 123 kB` of a file of /proc, in MB. */
function kilobytes(file: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))
  if (!found) throw new Error(`${file} says no ${name}.`)
  return (Number(found[1]) * KIB) / MB
}

/** What programs could have of the machine's memory, in MB. */
export function memoryAvailable(): number {
  return kilobytes('/proc/meminfo', 'MemAvailable')
}

/** Memory of this process, in MB. */
export function ownRss(): number {
  return Math.round(process.memoryUsage.rss() / MB)
}

/** Memory of the host engine and its containerd together, in MB; null when the engine is not Drydock's own. */
export function engineRss({ runDir, dockerSocket }: Pick<Config, 'runDir' | 'dockerSocket'>): number | null {
  if (dockerSocket) return null
  const engine = readFileSync(join(runDir, 'docker.pid'), 'utf8').trim()
  const containerd = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === engine)
  return Math.round(
    [engine, ...containerd].reduce((sum, pid) => sum + kilobytes(`/proc/${pid}/status`, 'VmRSS'), 0),
  )
}

function parentOf(pid: string): string | undefined {
  try {
    return /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

/** Cores that were busy on average over so many milliseconds. */
export async function busyCores(ms: number): Promise<number> {
  const busy = () => {
    const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0] = (
      readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
    )
      .split(/\s+/)
      .slice(1)
      .map(Number)
    return user + nice + system + irq + soft
  }
  const before = busy()
  const since = performance.now()
  await wait(ms)
  const took = performance.now() - since
  return Math.round(((busy() - before) / TICKS_PER_S / (took / 1_000)) * 100) / 100
}
