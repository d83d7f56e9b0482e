import { randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pino } from 'pino'
import { checks } from '../checks/registry.ts'
import { buildApp } from './app.ts'
import { systemClock } from './clock.ts'
import type { Config } from './config.ts'
import type { HostReady } from './host/prepare.ts'
import { testHost } from './host/test-host.ts'
import { openLibrary } from './labs-library.ts'
import { checkVersions } from './receipts/check-versions.ts'
import { openSigningKey } from './receipts/signing-key.ts'
import { DockerSandboxDriver } from './sandbox/docker/docker-driver.ts'
import type { Services, ServicesDeps } from './services/services.ts'
import { capOf } from './services/session-size.ts'
import { timesOf } from './services/session-times.ts'
import { startServices } from './services/start-services.ts'
import { poolOf } from './services/warm-pool.ts'
import { openSqliteStore } from './store/sql/open-sqlite.ts'
import type { Store } from './store/store.ts'

/** A place of its own for one test file: installation, data directory and labs. */
export interface TestPlace {
  config: Config
  host: HostReady
  /** Ends every sandbox that is left and removes the files; answers with what was left. */
  remove(): Promise<unknown[]>
}

export interface TestServer {
  url: string
  port: number
  services: Services
  store: Store
  /** Stops the server; the sandboxes go on. */
  close(): Promise<void>
}

/** The lab of these tests: no setup, one task of the engine and one of an answer. */
export const greet = {
  'lab.yaml': `
title: Greet
promise: Start a container and say what it said
track: Foundations
order: 1
minutes: 5
level: start
model: A container is a process.
goals: [start a container]
images: ['busybox:1']
tasks:
  - id: run
    title: Run it
    checks:
      - use: object_exists
        with: { ref: greeter }
        codes: { object-missing: not-greeted }
      - use: events
        with: { container: greeter, expect: [{ action: start }] }
    hints: [one, two, three]
  - id: say
    title: Say it
    answers:
      - { name: word, label: What did it say? }
      - name: mood
        label: How was it?
        options: [{ value: kind, label: Kind }, { value: rude, label: Rude }]
    checks:
      - use: answer
        with: { field: word, expected: { kind: field, object: container, ref: greeter, path: State.ExitCode } }
    hints: [one, two, three]
`,
  'brief.md': 'A story.',
  'afterword.md': 'What was shown.',
  'tasks/run.md': 'Run it.',
  'tasks/say.md': 'Say it.',
  'solutions/good/greet.sh': '# passes: all\ndocker run --name greeter busybox:1 true\nanswer word 0\n',
}

const slow = {
  ...greet,
  'setup.sh': `echo setup > setup-was-here; until [ -e go-on ]; do sleep 0.05; done`,
}

const labs: Record<string, Record<string, string>> = {
  greet,
  slow,
  'fails-in-setup': { ...greet, 'setup.sh': 'echo "no such thing" >&2; exit 3' },
  malformed: { ...greet, 'lab.yaml': greet['lab.yaml'].replace('minutes: 5', 'minutes: many') },
}

/** The machine made ready, for an installation that no other test file shares: starting a server sweeps its own. `more`: labs beside the usual ones, file name to text. */
export async function testPlace(more: Record<string, Record<string, string>> = {}): Promise<TestPlace> {
  const { config: given, host } = await testHost()
  const root = mkdtempSync(join(tmpdir(), 'drydock-server-test-'))
  const labsDir = join(root, 'labs')
  for (const [slug, files] of Object.entries({ ...labs, ...more })) {
    for (const [name, text] of Object.entries(files)) {
      const file = join(labsDir, slug, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
  }
  cpSync(join(given.labsDir, 'images/busybox'), join(labsDir, 'images/busybox'), { recursive: true })
  const installation = `${given.installation.slice(0, 15)}-${randomBytes(2).toString('hex')}`
  const config: Config = {
    ...given,
    installation,
    dataDir: join(root, 'data'),
    labsDir,
    port: 0,
    logLevel: 'silent',
  }
  return {
    config,
    host,
    async remove() {
      const driver = driverOf(config, host)
      const left = Object.values(await driver.sweep(new Set())).flat()
      await driver.close()
      rmSync(root, { recursive: true, force: true })
      return left
    },
  }
}

/** A server in this process, on a free port; built from the same parts as `startServer`, which are handed out. */
export async function testServer(
  { config, host }: TestPlace,
  more: Partial<
    Pick<ServicesDeps, 'atSubmission' | 'cap' | 'clock' | 'log' | 'times' | 'seats' | 'pool' | 'measures'>
  > = {},
): Promise<TestServer> {
  const log = pino({ level: 'silent' })
  const store = await openSqliteStore(config.dataDir)
  const driver = driverOf(config, host)
  const library = await openLibrary({ config, host, driver, clock: systemClock, log })
  const services = await startServices({
    store,
    driver,
    catalogue: library.catalogue,
    checks,
    images: library.images.current,
    receipts: await receiptParts(config),
    clock: systemClock,
    log,
    times: timesOf(config),
    cap: capOf(config),
    seats: config.seats,
    pool: poolOf(config),
    ...more,
  })
  const app = await buildApp({ services, port: 0, webDir: join(config.labsDir, 'no-web'), log })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return {
    url,
    port,
    services,
    store,
    async close() {
      await app.close()
      await services.close()
      await library.close()
      await store.close()
    },
  }
}

/** What every receipt of this place says. */
export async function receiptParts({ installation, dataDir }: Config): Promise<ServicesDeps['receipts']> {
  return { installation, key: openSigningKey(dataDir), versions: await checkVersions() }
}

/** A driver of the place's installation, beside the server's own. */
export function driverOf(config: Config, host: HostReady): DockerSandboxDriver {
  return new DockerSandboxDriver({ ...host, ...config, clock: systemClock, log: pino({ level: 'silent' }) })
}

/** Calls the API; answers with status and parsed body. */
export async function call(
  url: string,
  method: string,
  body?: unknown,
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
): Promise<{ status: number; type: string; body: any }> {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    body: text && JSON.parse(text),
  }
}

/** Asks again until the answer is as wanted. Throws after `ms`, with the last answer. */
export async function until<T>(
  ask: () => Promise<T>,
  wanted: (answer: T) => boolean,
  ms = 30_000,
): Promise<T> {
  const end = Date.now() + ms
  for (;;) {
    const answer = await ask()
    if (wanted(answer)) return answer
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
