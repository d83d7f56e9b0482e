import { resolve } from 'node:path'
import { type Logger, pino } from 'pino'
import { checks } from '../checks/registry.ts'
import { buildApp } from './app.ts'
import { refuseRemote } from './bind.ts'
import { systemClock } from './clock.ts'
import type { Config } from './config.ts'
import { DrydockError } from './errors.ts'
import { shortHash } from './host/images/content-hash.ts'
import { tryHostLock } from './host/lock.ts'
import type { HostReady } from './host/prepare.ts'
import { openLibrary } from './labs-library.ts'
import { refuseOutdated } from './outdated.ts'
import { Prometheus } from './plugins/metrics.ts'
import { checkVersions } from './receipts/check-versions.ts'
import { openSigningKey } from './receipts/signing-key.ts'
import { DockerSandboxDriver } from './sandbox/docker/docker-driver.ts'
import type { Services } from './services/services.ts'
import { capOf } from './services/session-size.ts'
import { timesOf } from './services/session-times.ts'
import { startServices } from './services/start-services.ts'
import { poolOf } from './services/warm-pool.ts'
import { openSqliteStore } from './store/sql/open-sqlite.ts'
import { openStates, type Store } from './store/store.ts'

const WEB_DIR = resolve(import.meta.dirname, '../web/dist')

export interface RunningServer {
  url: string
  /** Stops serving; sessions and their sandboxes go on. */
  close(): Promise<void>
}

/** Starts the server on a machine that is ready; `author`: for who writes labs, never for students. Throws `bind-refused`, `data-dir-in-use`, `installation-in-use`, `store-failed`, `sandboxes-outdated`, `engine-unsafe`, `port-in-use`; what it began is undone then. */
export async function startServer(
  config: Config,
  host: HostReady,
  { author = false }: { author?: boolean } = {},
): Promise<RunningServer> {
  refuseRemote(config)
  const log = logger(config.logLevel)
  const undo: (() => Promise<void>)[] = []
  const close = async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step()
  }
  try {
    const store = await openSqliteStore(config.dataDir)
    undo.push(() => store.close())
    const release = await tryHostLock(`server-${shortHash(host.socketPath)}-${config.installation}`)
    // Two servers would each remove the other's sandboxes as nobody's.
    if (!release)
      throw new DrydockError('installation-in-use', `The installation is called ${config.installation}.`)
    undo.push(async () => release())
    const driver = new DockerSandboxDriver({ ...host, ...config, clock: systemClock, log })
    undo.push(() => driver.close())
    await refuseOutdated({ store, driver })
    let services: Services | undefined
    const reloaded = () => services?.author?.reloaded()
    const library = await openLibrary({ config, host, driver, clock: systemClock, log, reloaded })
    undo.push(() => library.close())
    const prometheus = new Prometheus()
    const started = await startServices({
      measures: prometheus,
      times: timesOf(config),
      cap: capOf(config),
      seats: config.seats,
      pool: poolOf(config),
      store,
      driver,
      catalogue: library.catalogue,
      checks,
      images: library.images.current,
      receipts: {
        installation: config.installation,
        key: openSigningKey(config.dataDir),
        versions: await checkVersions(),
      },
      clock: systemClock,
      log,
      author,
    })
    services = started
    prometheus.follow({
      sessions: () => countByState(store),
      engineReady: () => started.engine.health().engine === 'ready',
      pool: () => started.pool,
      waiting: () => started.queue.length,
      sandboxes: () => driver.usage(),
    })
    undo.push(() => started.close())
    const { port, published, url: named } = config
    const doors = { port, published, url: named }
    const app = await buildApp({ services: started, ...doors, webDir: WEB_DIR, prometheus, log })
    undo.push(() => app.close())
    const url = await listen(app, config)
    return { url: named || (published && `http://${published}`) || url, close }
  } catch (error) {
    await close().catch((err: unknown) => log.error({ err }, 'a failed start could not be undone'))
    throw error
  }
}

async function countByState(store: Store): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>(openStates.map((state) => [state, 0]))
  for (const { state } of await store.openSessions()) counts.set(state, (counts.get(state) ?? 0) + 1)
  return counts
}

async function listen(app: Awaited<ReturnType<typeof buildApp>>, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new DrydockError('port-in-use', `Port ${port} on ${host} is taken by another program.`, {
      cause: error,
    })
  }
}

function logger(level: Config['logLevel']): Logger {
  const transport = process.stdout.isTTY
    ? { target: 'pino-pretty', options: { ignore: 'pid,hostname' } }
    : undefined
  return pino({ level, transport })
}
