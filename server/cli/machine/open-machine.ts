import { systemClock } from '../../clock.ts'
import type { Config } from '../../config.ts'
import type { HostReady } from '../../host/prepare.ts'
import type { Report } from '../../host/report.ts'
import { DockerSandboxDriver } from '../../sandbox/docker/docker-driver.ts'
import type { Sandbox } from '../../sandbox/sandbox-driver.ts'
import { newSandboxId } from '../../sandbox/sandbox-id.ts'
import type { CheckpointRecord } from '../../store/store.ts'

/**
 * Gives `work` a copy of the machine as it was submitted, running, and removes the copy afterwards. It belongs to an
 * installation of its own, so that no running server takes it for a stray one; the checkpoint stays the server's.
 */
export async function openMachine<T>(
  { config, host, report, signal }: { config: Config; host: HostReady; report: Report; signal: AbortSignal },
  checkpoint: CheckpointRecord,
  work: (sandbox: Sandbox) => Promise<T>,
): Promise<T> {
  const log = { info: () => {}, warn: (fields: object, message: string) => console.error(message, fields) }
  const installation = `${config.installation.slice(0, 9)}-open-${process.pid.toString(36)}`
  const driver = new DockerSandboxDriver({ ...host, ...config, installation, clock: systemClock, log })
  try {
    const spec = {
      id: newSandboxId(),
      hostname: 'as-submitted',
      motd: `The machine of session ${checkpoint.session}, as it was submitted. This is a copy: it goes when you leave, and changes nothing.\nFiles are as they were then, containers as after a reboot.\n`,
      checkpoint: checkpoint.id,
      checkpointOf: config.installation,
    }
    return await work(await report.step('machine copy', () => driver.create(spec, { signal })))
  } finally {
    await driver.sweep(new Set())
    await driver.close()
  }
}
