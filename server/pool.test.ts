import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { newSpec, run, sh } from './sandbox/suite-tools.ts'
import {
  call,
  driverOf,
  type TestPlace,
  type TestServer,
  testPlace,
  testServer,
  until,
} from './test-server.ts'

vi.setConfig({ testTimeout: 120_000 })

let place: TestPlace

beforeAll(async () => {
  place = await testPlace()
})

afterAll(async () => {
  expect(await place?.remove()).toEqual([])
})

const filled = ({ services }: TestServer, ready: number) =>
  until(
    async () => services.pool.ready,
    (now) => now === ready,
  )

test('who starts gets a sandbox that was there before, and nothing of its life before is theirs', async () => {
  const driver = driverOf(place.config, place.host)
  onTestFinished(() => driver.close())
  const left = await driver.create(newSpec({ pooled: true }))
  const kinds: boolean[] = []
  const measures = {
    started: (_: unknown, warm: boolean) => void kinds.push(warm),
    judged() {},
    terminal() {},
  }
  const server = await testServer(place, { pool: { floor: 1, ceiling: 1 }, measures })
  expect(await left.state(), 'what a killed server had started ahead').toBe('gone')
  await filled(server, 1)
  const [ahead = ''] = await driver.list()

  const sessions = `${server.url}/api/sessions`
  const { body } = await call(sessions, 'POST', { lab: 'greet' })
  const at = `${sessions}/${body.id}`
  const { body: ready } = await until(
    () => call(at, 'GET'),
    (answer) => answer.body.state === 'ready',
  )
  expect(ready.steps.map(({ name }: { name: string }) => name)).toEqual(['disk', 'sandbox', 'engine'])
  expect((await server.store.session(body.id))?.sandbox).toBe(ahead)
  expect(kinds).toEqual([true])
  const sandbox = await driver.get(ahead)
  if (!sandbox) throw new Error('no sandbox')
  expect(await sh(sandbox, 'hostname; head -n 1 /etc/motd')).toBe('greet\nDrydock lab: Greet')
  expect(await server.store.journal(body.id)).toEqual([])

  const greeted = await run(sandbox, ['/usr/bin/docker', 'run', '--name', 'greeter', 'busybox:1', 'true'], {
    user: 'student',
    env: { PATH: '/usr/bin:/bin', HOME: '/home/student' },
  })
  expect(greeted).toMatchObject({ code: 0 })
  const { body: seen } = await until(
    () => call(at, 'GET'),
    (answer) => answer.body.tasks[0].status !== 'unchecked',
  )
  expect(seen.tasks[0]).toMatchObject({ status: 'passed', tampered: [] })

  // Another is made for the next, and swept by nobody; it goes with the server, the session's stays.
  await filled(server, 1)
  expect(await driver.list()).toHaveLength(2)
  await server.close()
  expect(await driver.list()).toEqual([ahead])

  const later = await testServer(place, { pool: { floor: 0, ceiling: 1 } })
  onTestFinished(() => later.close())
  const goneOn = at.replace(server.url, later.url)
  await until(
    () => call(goneOn, 'GET'),
    (answer) => answer.body.engineReady,
  )
  await call(goneOn, 'DELETE')
  expect(await driver.list()).not.toContain(ahead)
})

test('one that is of no use any more is noticed at the claim, and the start is a cold one', async () => {
  const driver = driverOf(place.config, place.host)
  onTestFinished(() => driver.close())
  const server = await testServer(place, { pool: { floor: 1, ceiling: 1 } })
  onTestFinished(() => server.close())
  await filled(server, 1)
  const [ahead = ''] = await driver.list()
  await (await driver.get(ahead))?.destroy()
  const { body } = await call(`${server.url}/api/sessions`, 'POST', { lab: 'greet' })
  const at = `${server.url}/api/sessions/${body.id}`
  const { body: begun } = await until(
    () => call(at, 'GET'),
    (answer) => ['ready', 'failed'].includes(answer.body.state),
  )
  expect(begun.state).toBe('ready')
  expect((await server.store.session(body.id))?.sandbox).not.toBe(ahead)
  await call(at, 'DELETE')
})
