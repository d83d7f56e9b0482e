import { pino } from 'pino'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { type Clock, systemClock } from './clock.ts'
import { checkpointName } from './sandbox/checkpoint-name.ts'
import { newSpec } from './sandbox/suite-tools.ts'
import { SandboxRemoval } from './services/sandbox-removal.ts'
import { SWEEP_EVERY_MS } from './services/sweeper.ts'
import { openSqliteStore } from './store/sql/open-sqlite.ts'
import { call, driverOf, type TestPlace, testPlace, testServer, until } from './test-server.ts'

vi.setConfig({ testTimeout: 120_000 })

let place: TestPlace

beforeAll(async () => {
  place = await testPlace()
})

afterAll(async () => {
  expect(await place?.remove()).toEqual([])
})

test('a sandbox that is reserved is swept only when it is let go, and a copy that nobody knows at once', async () => {
  const store = await openSqliteStore(place.config.dataDir)
  const driver = driverOf(place.config, place.host)
  onTestFinished(async () => {
    await driver.close()
    await store.close()
  })
  const removal = new SandboxRemoval({ store, driver, log: pino({ level: 'silent' }) })
  const spec = newSpec()
  {
    using _ = await removal.reserve(spec.id)
    const sandbox = await driver.create(spec)
    await sandbox.checkpoint(checkpointName(spec.id))
    await removal.sweep([])
    expect(await sandbox.state()).toBe('running')
    expect(await driver.checkpoints()).toEqual([])
  }
  await removal.sweep([])
  expect(await driver.list()).toEqual([])
})

test('what a fault left behind is removed while the server runs, and nothing of a session', async () => {
  const waiting: (() => void)[] = []
  const clock: Clock = {
    now: systemClock.now,
    after(ms, fn) {
      if (ms !== SWEEP_EVERY_MS) return systemClock.after(ms, fn)
      waiting.push(fn)
      return () => {}
    },
  }
  const server = await testServer(place, { clock })
  // What the server does every few minutes from its start on.
  const due = [...waiting]
  const driver = driverOf(place.config, place.host)
  onTestFinished(() => driver.close())
  const session = await call(`${server.url}/api/sessions`, 'POST', { lab: 'greet' })
  const at = `${server.url}/api/sessions/${session.body.id}`
  await until(
    () => call(at, 'GET'),
    ({ body }) => body.state === 'ready',
  )
  const [own] = await driver.list()
  const nobodys = await driver.create(newSpec())
  for (const look of due) look()
  await until(
    () => driver.list(),
    (there) => !there.includes(nobodys.id),
  )
  expect(await driver.list()).toEqual([own])
  expect((await call(at, 'GET')).body.state).toBe('ready')
  await call(at, 'DELETE')
  await until(
    () => driver.list(),
    (there) => there.length === 0,
  )
  await server.close()
})
