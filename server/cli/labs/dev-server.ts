import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { mountsBelow } from '../../host/own-engine/mounts.ts'
import type { HostReady } from '../../host/prepare.ts'
import { type RunningServer, startServer } from '../../main.ts'
import { endSandboxes } from '../end-sandboxes.ts'

/** A server in author mode with an installation and a data directory of its own; closing it ends its sandboxes and leaves nothing. Throws as `startServer` does. */
export async function startDevServer(given: Config, host: HostReady, port: number): Promise<RunningServer> {
  const installation = `${given.installation.slice(0, 11)}-dev-${randomBytes(2).toString('hex')}`
  const dataDir = await mkdtemp(join(tmpdir(), 'drydock-dev-'))
  const config: Config = { ...given, installation, dataDir, port }
  try {
    const server = await startServer(config, host, { author: true })
    return {
      url: server.url,
      async close() {
        try {
          await server.close()
        } finally {
          await leaveNothing(config, host)
        }
      },
    }
  } catch (error) {
    await leaveNothing(config, host)
    throw error
  }
}

async function leaveNothing(config: Config, host: HostReady): Promise<void> {
  await endSandboxes(config, host, { keepCheckpoints: false })
  const disks = join(config.hostDir, config.installation)
  if ((await mountsBelow(disks)).length === 0) await rm(disks, { recursive: true, force: true })
  await rm(config.dataDir, { recursive: true, force: true })
}
