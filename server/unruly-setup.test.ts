import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Clock, systemClock } from './clock.ts'
import type { Session } from './contract/session.ts'
import type { Sandbox } from './sandbox/sandbox-driver.ts'
import { runScript } from './services/run-script.ts'
import { SETUP_MS } from './services/run-setup.ts'
import {
  call,
  driverOf,
  greet,
  type TestPlace,
  type TestServer,
  testPlace,
  testServer,
  until,
} from './test-server.ts'

vi.setConfig({ testTimeout: 180_000 })

// Labs whose preparation does what no author would, or what an author's mistake does.
const labs = {
  endless: { ...greet, 'setup.sh': 'trap "" TERM HUP; exec yes it goes on for ever' },
  loud: { ...greet, 'setup.sh': 'yes "$(printf "%01000d" 0)" | head -c 1G' },
  suicidal: {
    ...greet,
    'setup.sh':
      'sudo pkill -9 dockerd; until docker version > /dev/null 2>&1; do sleep 0.1; done; touch went-on',
  },
}

/** Set by the test when the time of a setup.sh is to be over. */
let lateSetup: (() => void) | undefined
const clock: Clock = {
  now: systemClock.now,
  after(ms, fn) {
    if (ms === SETUP_MS) lateSetup = fn
    return systemClock.after(ms, fn)
  },
}

let place: TestPlace
let server: TestServer

beforeAll(async () => {
  place = await testPlace(labs)
  server = await testServer(place, { clock })
})

afterAll(async () => {
  await server?.close()
  expect(await place?.remove()).toEqual([])
})

const at = (path: string) => `${server.url}/api/sessions${path}`
const session = async (id: string): Promise<Session> => (await call(at(`/${id}`), 'GET')).body
const start = async (lab: string): Promise<string> => (await call(at(''), 'POST', { lab })).body.id
const settled = (id: string) =>
  until(
    () => session(id),
    ({ state }) => state === 'ready' || state === 'failed',
    120_000,
  )

test('one that never ends is ended, and the student reads that it is not their fault', async () => {
  const id = await start('endless')
  const { sandbox } = (await until(
    () => server.services.workplaces.live(server.services.localUser, id).catch(() => undefined),
    (live) => live !== undefined,
  )) as { sandbox: Sandbox }
  const looks = { clock: systemClock, timeoutMs: 30_000, maxBytes: 1_000 }
  await until(
    () => runScript(sandbox, 'pgrep -x yes', looks),
    ({ exitCode }) => exitCode === 0,
  )
  lateSetup?.()
  const { state, problem } = await settled(id)
  expect(state).toBe('failed')
  expect(problem).toMatchObject({
    code: 'setup-failed',
    detail: expect.stringMatching(
      /^setup\.sh did not end within 120 s; it last said: .*it goes on for ever/s,
    ),
  })
  expect(problem?.detail.length).toBeLessThan(500)
  expect(await driverOf(place.config, place.host).list()).toEqual([])
})

test('one that prints a gigabyte costs the server no memory and nobody their lab', async () => {
  const before = process.memoryUsage().rss
  let most = 0
  const look = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 50)
  const id = await start('loud')
  const { state, problem } = await settled(id).finally(() => clearInterval(look))
  expect(problem).toBe(null)
  expect(state).toBe('ready')
  expect(most - before).toBeLessThan(200 << 20)
  await call(at(`/${id}`), 'DELETE')
})

test('one that kills its own engine finds it up again, and so does the student', async () => {
  const id = await start('suicidal')
  expect((await settled(id)).state).toBe('ready')
  const { sandbox } = await server.services.workplaces.live(server.services.localUser, id)
  const ran = await runScript(sandbox, 'ls went-on && docker run --name greeter busybox:1 true', {
    clock,
    timeoutMs: 30_000,
    maxBytes: 1_000,
  })
  expect(ran.exitCode, ran.output).toBe(0)
  const { body } = await until(
    () => call(at(`/${id}/checks`), 'POST', { task: 'run' }),
    ({ body }) => body.tasks?.[0].status !== 'broken',
  )
  expect(body.tasks[0]).toMatchObject({ status: 'passed' })
  await call(at(`/${id}`), 'DELETE')
})
