import type { Logger } from 'pino'
import { checks } from '../checks/registry.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import { type HostReady, prepareImages } from './host/prepare.ts'
import type { SandboxDriver } from './sandbox/sandbox-driver.ts'
import { Catalogue } from './services/catalogue.ts'
import { FolderWatch } from './services/folder-watch.ts'
import { LabImages } from './services/lab-images.ts'

export interface LabsLibrary {
  catalogue: Catalogue
  images: LabImages
  close(): Promise<void>
}

/** The labs and their images, from the labs folder and the course folders, as those are now and whenever they change. */
export async function openLibrary(deps: {
  config: Config
  host: HostReady
  driver: SandboxDriver
  clock: Clock
  log: Logger
  /** The labs were read again, or their images are others. */
  reloaded?: () => void
}): Promise<LabsLibrary> {
  const { config, host, driver, clock, log, reloaded } = deps
  const { labsDir, labsDirs: courses } = config
  const catalogue = new Catalogue({ labsDir, courses, checks, log })
  const images = new LabImages({
    built: host.images,
    build: (signal) => prepareImages(config, host.socketPath, signal),
    driver,
    catalogue,
    log,
  })
  const watch = new FolderWatch({
    folders: [labsDir, ...courses],
    clock,
    log,
    async changed() {
      await catalogue.reload()
      reloaded?.()
      // Takes seconds where an image changed; the next change of a lab does not wait for it.
      void images.refresh().then(reloaded)
    },
  })
  // Before they are read, so that no change falls in between.
  await watch.start()
  await catalogue.reload()
  return {
    catalogue,
    images,
    async close() {
      await watch.close()
      await images.close()
    },
  }
}
