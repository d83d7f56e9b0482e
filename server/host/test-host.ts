import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Docker from 'dockerode'
import { type Config, loadConfig } from '../config.ts'
import { type HostReady, prepareHost } from './prepare.ts'
import { silentReport } from './report.ts'

export interface TestHost {
  config: Config
  host: HostReady
  /** For programs that read DOCKER_HOST. */
  dockerHost: string
  /** The host engine's API. */
  docker: Docker
}

/**
 * The machine made ready for a test, with the settings of `npm test`; in a test run by hand, with an
 * installation, a data directory and a port of its own. A machine that cannot be made ready is a failure.
 */
export async function testHost(): Promise<TestHost> {
  const given = loadConfig()
  const config: Config = given.installation.startsWith('test-')
    ? given
    : Object.freeze({
        ...given,
        installation: `test-${randomBytes(4).toString('hex')}`,
        dataDir: mkdtempSync(join(tmpdir(), 'drydock-test-')),
        port: 0,
      })
  const host = await prepareHost(config, silentReport)
  return {
    config,
    host,
    dockerHost: `unix://${host.socketPath}`,
    docker: new Docker({ socketPath: host.socketPath }),
  }
}
