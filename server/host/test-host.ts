import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
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

/** Test files run side by side, and each sweeps what is of its installation and not its own. */
const FILE = randomBytes(2).toString('hex')

/**
 * The machine made ready for the tests of one file, with the settings of `npm test` but an installation of the file's own,
 * named after the run's; in a test run by hand, with a data directory and a port of its own too. A machine that cannot be made ready is a failure.
 */
export async function testHost(): Promise<TestHost> {
  const given = loadConfig()
  const chosen = given.installation.startsWith('test-')
    ? { ...given, installation: `${given.installation.slice(0, 13)}-${FILE}` }
    : byHand(given)
  // A pool costs every server of the tests its sandboxes; who tests it asks for one.
  const config = Object.freeze({ ...chosen, poolFloor: 0, poolCeiling: 0 })
  const host = await prepareHost(config, silentReport)
  return {
    config,
    host,
    dockerHost: `unix://${host.socketPath}`,
    docker: new Docker({ socketPath: host.socketPath }),
  }
}

function byHand(given: Config): Config {
  const installation = `test-${randomBytes(4).toString('hex')}`
  const dataDir = join(tmpdir(), `drydock-${installation}`)
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }))
  return Object.freeze({ ...given, installation, dataDir, port: 0 })
}
