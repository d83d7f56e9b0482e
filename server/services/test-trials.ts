import { systemClock } from '../clock.ts'
import { testHost } from '../host/test-host.ts'
import { DockerSandboxDriver } from '../sandbox/docker/docker-driver.ts'
import type { TrialDeps } from './lab-trial.ts'

export interface TestTrials {
  deps: TrialDeps
  driver: DockerSandboxDriver
  /** Removes what is left; answers with the sandboxes that were. */
  close(): Promise<string[]>
}

/** What trials need, on the real engine, in an installation of this test file's own. `name` has at most 6 letters. */
export async function testTrials(name: string): Promise<TestTrials> {
  const { config, host } = await testHost()
  const installation = `${config.installation}-${name}`
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const clock = systemClock
  const driver = new DockerSandboxDriver({ ...host, ...config, installation, clock, log })
  await driver.prepare()
  const golden = new Map(host.images.labs.map(({ name, id }) => [name, id]))
  return {
    deps: { driver, images: golden, clock, log },
    driver,
    async close() {
      const left = await driver.list()
      await driver.sweep(new Set())
      await driver.close()
      return left
    },
  }
}
