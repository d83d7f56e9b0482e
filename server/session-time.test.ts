import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from './clock.ts'
import type { Session } from './contract/session.ts'
import type { SessionTimes } from './services/session-times.ts'
import { call, driverOf, type TestPlace, testPlace, testServer, until } from './test-server.ts'

vi.setConfig({ testTimeout: 120_000 })

const DAY = 24 * 3_600_000
const times: SessionTimes = { limit: DAY, extension: DAY / 2, extensions: 1, idle: DAY, grace: 0 }
let place: TestPlace

beforeAll(async () => {
  place = await testPlace()
})

afterAll(async () => {
  expect(await place?.remove()).toEqual([])
})

const sessionIn = async (at: string, state: string): Promise<Session> => {
  const { body } = await until(
    () => call(at, 'GET'),
    ({ body }) => body.state === state,
  )
  return body
}

async function begin(url: string): Promise<string> {
  const { body } = await call(`${url}/api/sessions`, 'POST', { lab: 'greet' })
  const at = `${url}/api/sessions/${body.id}`
  await sessionIn(at, 'ready')
  return at
}

test('time can be added as often as is allowed, and once for two who press at the same time', async () => {
  const server = await testServer(place, { times })
  onTestFinished(() => server.close())
  const at = await begin(server.url)
  const extend = (extended: number) => call(`${at}/extension`, 'POST', { extended })
  expect((await call(at, 'GET')).body.time).toMatchObject({ extended: 0, extensionsLeft: 1 })
  const both = await Promise.all([extend(0), extend(0)])
  for (const { status, body } of both) {
    expect(status).toBe(200)
    expect(body.time).toMatchObject({ extended: 1, extensionsLeft: 0, extension: DAY / 2 })
    expect(body.time.left).toBeGreaterThan(1.4 * DAY)
    expect(body.time.left).toBeLessThanOrEqual(1.5 * DAY)
  }
  expect((await extend(1)).body).toMatchObject({ code: 'extension-none' })
  expect((await call(at, 'DELETE')).body).toMatchObject({ state: 'ended', outOfTime: false, time: null })
  expect((await extend(1)).body).toMatchObject({ code: 'session-over' })
})

test('a session ends by itself when its time is over, and its verdicts stay', async () => {
  const server = await testServer(place, { times: { ...times, limit: 4_000 } })
  onTestFinished(() => server.close())
  const at = await begin(server.url)
  const { body } = await call(`${at}/checks`, 'POST')
  expect(body.tasks[0]).toMatchObject({ status: 'not-yet', code: 'not-greeted' })
  const over = await sessionIn(at, 'ended')
  expect(over).toMatchObject({ outOfTime: true, time: null, tasks: [{ code: 'not-greeted' }, {}] })
})

test('what ran out while no server was there is ended by the next', async () => {
  const first = await testServer(place, { times })
  const at = await begin(first.url)
  await first.close()
  const clock = { ...systemClock, now: () => systemClock.now() + 2 * DAY }
  const later = await testServer(place, { times, clock })
  onTestFinished(() => later.close())
  const over = await sessionIn(at.replace(first.url, later.url), 'ended')
  expect(over.outOfTime).toBe(true)
  const driver = driverOf(place.config, place.host)
  onTestFinished(() => driver.close())
  expect(await driver.list()).toEqual([])
})
