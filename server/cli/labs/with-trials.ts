import { systemClock } from '../../clock.ts'
import { loadConfig } from '../../config.ts'
import { prepareHost } from '../../host/prepare.ts'
import { lineReport } from '../../host/report.ts'
import { DockerSandboxDriver } from '../../sandbox/docker/docker-driver.ts'
import type { TrialDeps } from '../../services/lab-trial.ts'

/** Works with an installation of its own, so that no running server takes a trial's sandbox for a stray one. */
export async function withTrials<T>(signal: AbortSignal, work: (deps: TrialDeps) => Promise<T>): Promise<T> {
  const config = loadConfig()
  const host = await prepareHost(config, lineReport(console.error), signal)
  const quiet = () => {}
  const loud = (fields: object, message: string) => console.error(message, fields)
  const log = { debug: quiet, info: quiet, warn: loud, error: loud }
  const clock = systemClock
  const installation = `${config.installation.slice(0, 9)}-try-${process.pid.toString(36)}`
  const driver = new DockerSandboxDriver({ ...host, ...config, installation, clock, log })
  try {
    await driver.prepare()
    const golden = new Map(host.images.labs.map(({ name, id }) => [name, id]))
    return await work({ driver, images: golden, clock, log })
  } finally {
    await driver.sweep(new Set())
    await driver.close()
  }
}
