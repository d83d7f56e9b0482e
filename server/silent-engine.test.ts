import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { type Clock, systemClock } from './clock.ts'
import type { Session } from './contract/session.ts'
import { ANSWER_MS } from './services/host-engine.ts'
import {
  call,
  driverOf,
  type TestPlace,
  type TestServer,
  testPlace,
  testServer,
  until,
} from './test-server.ts'
import { TestSocket } from './test-socket.ts'

vi.setConfig({ testTimeout: 120_000 })

/** Time as it is, but the server takes the engine for silent ten times sooner. */
const impatient: Clock = {
  now: systemClock.now,
  after: (ms, fn) => systemClock.after(ms === ANSWER_MS ? ms / 10 : ms, fn),
}

let place: TestPlace
let server: TestServer
let engine: TestSocket

beforeAll(async () => {
  place = await testPlace()
  engine = new TestSocket(place.host.socketPath)
  await engine.open()
  server = await testServer(
    { ...place, host: { ...place.host, socketPath: engine.path } },
    { clock: impatient },
  )
})

afterAll(async () => {
  await server?.close()
  await engine?.cut()
  expect(await place?.remove()).toEqual([])
})

const at = (path: string) => `${server.url}/api${path}`
const health = async () => (await call(at('/health'), 'GET')).body
const session = async (id: string): Promise<Session> => (await call(at(`/sessions/${id}`), 'GET')).body
const start = async (lab: string): Promise<string> => (await call(at('/sessions'), 'POST', { lab })).body.id

/** The engine stops to work for this server the moment it is asked this. */
const when = (request: string, act: () => unknown) =>
  new Promise<void>((done) =>
    engine.onRequest(request, () => {
      act()
      done()
    }),
  )

test('an engine that hangs in the middle of a start: the start fails and says why, nothing is left, and others go on', async () => {
  const ready = await start('greet')
  await until(
    () => session(ready),
    ({ state }) => state === 'ready',
  )
  onTestFinished(() => engine.resume())
  const hangs = when('/containers/create', () => engine.stall())
  const caught = await start('slow')
  await hangs
  await until(health, (now) => now.engine === 'unreachable')
  const failed = await until(
    () => session(caught),
    ({ state }) => state !== 'starting',
  )
  expect(failed).toMatchObject({ state: 'failed', problem: { code: 'engine-unreachable' } })
  expect((await call(at('/sessions'), 'POST', { lab: 'slow' })).body).toMatchObject({
    code: 'engine-unreachable',
    hint: expect.stringContaining('npm start'),
  })
  const unended = await call(at(`/sessions/${ready}`), 'DELETE')
  expect([unended.status, unended.body.code]).toEqual([503, 'engine-unreachable'])

  engine.resume()
  await until(health, ({ status }) => status === 'ok')
  // It was asked to end while that could not be done.
  await until(
    () => session(ready),
    ({ state }) => state === 'ended',
  )
  const driver = driverOf(place.config, place.host)
  await until(
    () => driver.list(),
    (left) => left.length === 0,
  )
  await driver.close()
})

test.each(['/containers/create', '/start'])(
  'an engine that dies in the middle of a start, at %s: the start fails, and when it is back nothing of it is left',
  async (request) => {
    const dies = when(request, () => void engine.cut())
    const id = await start('greet')
    await dies
    const failed = await until(
      () => session(id),
      ({ state }) => state !== 'starting' && state !== 'requested',
    )
    expect(failed).toMatchObject({ state: 'failed', problem: { code: 'engine-unreachable' } })
    await until(health, (now) => now.engine === 'unreachable')
    await engine.open()
    await until(health, ({ status }) => status === 'ok')
    const driver = driverOf(place.config, place.host)
    expect(await driver.list()).toEqual([])
    await driver.close()
    const next = await start('greet')
    await until(
      () => session(next),
      ({ state }) => state === 'ready',
    )
    await call(at(`/sessions/${next}`), 'DELETE')
  },
)
