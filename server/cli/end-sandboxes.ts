import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { HostReady } from '../host/prepare.ts'
import { DockerSandboxDriver } from '../sandbox/docker/docker-driver.ts'
import type { SweepReport } from '../sandbox/sandbox-driver.ts'

/** Ends every sandbox of this installation and its helpers; answers with what there was. Checkpoints stay where they are to be kept. */
export async function endSandboxes(
  config: Config,
  host: HostReady,
  { keepCheckpoints }: { keepCheckpoints: boolean },
): Promise<SweepReport> {
  const log = { info: () => {}, warn: () => {} }
  const driver = new DockerSandboxDriver({ ...host, ...config, clock: systemClock, log })
  try {
    return await driver.sweep(new Set(), keepCheckpoints ? 'all' : undefined)
  } finally {
    await driver.close()
  }
}

/** The engine's ids are as good with their first twelve digits. */
const CONTAINER_ID = /^([0-9a-f]{12})[0-9a-f]{52}$/

/** A sweep's report in words; empty when there was nothing. */
export function describeSweep(report: SweepReport): string {
  return Object.entries(report)
    .filter(([, names]) => names.length > 0)
    .map(
      ([kind, names]: [string, string[]]) =>
        `${kind} ${names.map((name) => name.replace(CONTAINER_ID, '$1')).join(' ')}`,
    )
    .join(', ')
}
