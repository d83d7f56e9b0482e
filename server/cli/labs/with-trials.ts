import type { Lab } from '../../../labs/lab-schema.ts'
import { systemClock } from '../../clock.ts'
import { loadConfig } from '../../config.ts'
import { DrydockError } from '../../errors.ts'
import { prepareHost } from '../../host/prepare.ts'
import { lineReport } from '../../host/report.ts'
import { DockerSandboxDriver } from '../../sandbox/docker/docker-driver.ts'
import type { TrialDeps } from '../../services/lab-trial.ts'

/**
 * Works with an installation of its own, so that no running server takes a trial's sandbox for a stray one. Throws
 * `image-build-failed` when an image of one of the labs cannot be had.
 */
export async function withTrials<T>(
  labs: readonly Lab[],
  signal: AbortSignal,
  work: (deps: TrialDeps) => Promise<T>,
): Promise<T> {
  const config = loadConfig()
  const host = await prepareHost(config, lineReport(console.error), signal)
  const used = new Set(labs.flatMap(({ images }) => images.map(({ name }) => name)))
  const fault = host.images.faults.find(({ name }) => used.has(name))
  if (fault)
    throw new DrydockError('image-build-failed', `The image ${fault.name} cannot be had: ${fault.message}`)
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
