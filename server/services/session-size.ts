import type { Lab } from '../../labs/lab-schema.ts'
import { usualSize } from '../sandbox/limits.ts'
import type { SandboxSize } from '../sandbox/sandbox-driver.ts'

const MiB = 1 << 20
const GiB = 1 << 30

/** The most that a lab of the installation gets, from its settings. */
export function capOf(config: {
  maxMemoryMb: number
  maxDiskGb: number
  maxPids: number
  maxCpus: number
}): SandboxSize {
  return {
    memoryBytes: config.maxMemoryMb * MiB,
    diskBytes: config.maxDiskGb * GiB,
    pids: config.maxPids,
    cpus: config.maxCpus,
  }
}

/** What a sandbox of the lab may use: what it asks for, or else the usual, and never more than the cap. */
export function sizeFor(lab: Pick<Lab, 'resources'> | undefined, cap?: SandboxSize): SandboxSize {
  const { memory, disk, pids, cpus } = lab?.resources ?? {}
  const asked = {
    memoryBytes: memory === undefined ? usualSize.memoryBytes : bytesOf(memory),
    diskBytes: disk === undefined ? usualSize.diskBytes : bytesOf(disk),
    pids: pids ?? usualSize.pids,
    cpus: cpus ?? usualSize.cpus,
  }
  if (!cap) return asked
  return {
    memoryBytes: Math.min(asked.memoryBytes, cap.memoryBytes),
    diskBytes: Math.min(asked.diskBytes, cap.diskBytes),
    pids: Math.min(asked.pids, cap.pids),
    // 0 is half of those there are, which the driver knows, and bounds too.
    cpus: cap.cpus === 0 ? asked.cpus : Math.min(asked.cpus, cap.cpus),
  }
}

export function isSameSize(one: SandboxSize, other: SandboxSize): boolean {
  return (
    one.memoryBytes === other.memoryBytes &&
    one.diskBytes === other.diskBytes &&
    one.pids === other.pids &&
    one.cpus === other.cpus
  )
}

/** `512m` or `8g`, as the lab's schema has it. */
function bytesOf(text: string): number {
  return Number.parseInt(text, 10) * (text.endsWith('g') ? GiB : MiB)
}
