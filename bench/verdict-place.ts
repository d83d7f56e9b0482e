import { randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pino } from 'pino'
import { checks } from '../checks/registry.ts'
import { buildApp } from '../server/app.ts'
import { systemClock } from '../server/clock.ts'
import { type Config, loadConfig } from '../server/config.ts'
import { type HostReady, prepareHost } from '../server/host/prepare.ts'
import type { Report } from '../server/host/report.ts'
import { checkVersions } from '../server/receipts/check-versions.ts'
import { openSigningKey } from '../server/receipts/signing-key.ts'
import { DockerSandboxDriver } from '../server/sandbox/docker/docker-driver.ts'
import { Catalogue } from '../server/services/catalogue.ts'
import type { Services } from '../server/services/services.ts'
import { capOf } from '../server/services/session-size.ts'
import { timesOf } from '../server/services/session-times.ts'
import { startServices } from '../server/services/start-services.ts'
import type { PoolSize } from '../server/services/warm-pool.ts'
import { openSqliteStore } from '../server/store/sql/open-sqlite.ts'
import type { Store } from '../server/store/store.ts'

/** A lab whose first task can turn green again and again: container, journal and log, as the tasks of real labs ask. */
const lab = {
  'lab.yaml': `
title: Bench
promise: How soon a task turns green
track: Foundations
order: 1
minutes: 5
level: start
model: A container is a process.
goals: [start a container]
images: ['busybox:1']
tasks:
  - id: kept
    title: Keep it running
    grading: must-hold
    checks:
      - use: object_exists
        with: { ref: kept }
      - use: field
        with: { ref: kept, path: State.Running, eq: true }
      - use: field
        with: { ref: kept, path: HostConfig.Memory, eq: 67108864 }
      - use: events
        with: { container: kept, expect: [{ action: start }], forbid: [{ action: oom }] }
      - use: log_match
        with: { container: kept, stream: stdout, matches: '^up$' }
    hints: [one]
  - id: other
    title: Another container
    checks:
      - use: field
        with: { ref: other, path: State.Running, eq: true }
    hints: [one]
`,
  'brief.md': 'A story.',
  'afterword.md': 'What was shown.',
  'setup.sh':
    'docker create --name kept --memory 64m busybox:1 sh -c "trap exit TERM; echo up; sleep 9999 & wait"\n',
  'tasks/kept.md': 'Keep it.',
  'tasks/other.md': 'Another.',
  'solutions/good/kept.sh':
    '# passes: all\ndocker start kept\ndocker run -d --name other busybox:1 sleep 99\n',
}

export interface VerdictPlace extends AsyncDisposable {
  url: string
  services: Services
  store: Store
  images: ReadonlyMap<string, string>
  /** For what works beside the server. */
  config: Config
  host: HostReady
}

const NO_POOL: PoolSize = { floor: 0, ceiling: 0 }

/** A server in this process, of an installation and a data directory of its own; all of it is gone when disposed of. */
export async function verdictPlace(report: Report, pool = NO_POOL): Promise<VerdictPlace> {
  const installation = `bench-${randomBytes(3).toString('hex')}`
  const config = loadConfig({ ...process.env, DRYDOCK_INSTALLATION: installation })
  const host = await prepareHost(config, report)
  const root = mkdtempSync(join(tmpdir(), 'drydock-bench-'))
  const labsDir = join(root, 'labs')
  for (const [name, text] of Object.entries(lab)) {
    const file = join(labsDir, 'bench', name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  cpSync(join(config.labsDir, 'images/busybox'), join(labsDir, 'images/busybox'), { recursive: true })
  const log = pino({ level: 'warn' })
  const images = new Map(host.images.labs.map(({ name, id }) => [name, id]))
  const store = await openSqliteStore(join(root, 'data'))
  const driver = new DockerSandboxDriver({ ...host, ...config, clock: systemClock, log })
  const services = await startServices({
    store,
    driver,
    catalogue: await Catalogue.read({ labsDir, checks, log }),
    checks,
    images,
    receipts: { installation, key: openSigningKey(join(root, 'data')), versions: await checkVersions() },
    clock: systemClock,
    log,
    times: timesOf(config),
    cap: capOf(config),
    seats: config.seats,
    pool,
  })
  const app = await buildApp({ services, port: 0, webDir: join(root, 'no-web'), log })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    services,
    store,
    images,
    config,
    host,
    async [Symbol.asyncDispose]() {
      await app.close()
      await services.close()
      await driver.sweep(new Set())
      await driver.close()
      await store.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}
