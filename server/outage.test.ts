import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { systemClock } from './clock.ts'
import type { Session } from './contract/session.ts'
import { testHost } from './host/test-host.ts'
import { runScript } from './services/run-script.ts'
import { call, type TestPlace, type TestServer, testPlace, testServer, until } from './test-server.ts'
import { TestSocket } from './test-socket.ts'

let place: TestPlace
let server: TestServer
let engine: TestSocket

beforeAll(async () => {
  place = await testPlace()
  engine = new TestSocket(place.host.socketPath)
  await engine.open()
  server = await testServer({ ...place, host: { ...place.host, socketPath: engine.path } })
})

afterAll(async () => {
  await server?.close()
  await engine?.cut()
  expect(await place?.remove()).toEqual([])
})

const at = (path: string) => `${server.url}/api${path}`

async function readySession(): Promise<string> {
  const { body } = await call(at('/sessions'), 'POST', { lab: 'greet' })
  await until(
    async () => (await call(at(`/sessions/${body.id}`), 'GET')).body as Session,
    ({ state }) => state === 'ready',
  )
  return body.id
}

async function typed(id: string, script: string) {
  const { sandbox } = await server.services.workplaces.live(server.services.localUser, id)
  return runScript(sandbox, script, { clock: systemClock, timeoutMs: 30_000, maxBytes: 10_000 })
}

async function container() {
  const { docker } = await testHost()
  const filters = { label: [`drydock.installation=${place.config.installation}`, 'drydock.kind=sandbox'] }
  const [found] = await docker.listContainers({ all: true, filters })
  if (!found) throw new Error('there is no sandbox')
  return docker.getContainer(found.Id)
}

const health = async () => (await call(at('/health'), 'GET')).body

test('the host engine goes away and comes back: the server stays, says so, and the session goes on', async () => {
  const id = await readySession()
  await call(at(`/sessions/${id}/checks`), 'POST', {})
  await engine.cut()

  await until(health, ({ engine }) => engine === 'unreachable')
  expect(await health()).toMatchObject({ status: 'degraded', engine: 'unreachable' })
  expect(await call(at('/health/ready'), 'GET')).toMatchObject({
    status: 503,
    body: { engine: 'unreachable' },
  })
  const refused = await call(at('/sessions'), 'POST', { lab: 'slow' })
  expect([refused.status, refused.body.code]).toEqual([503, 'engine-unreachable'])
  expect(refused.body.hint).toMatch(/npm start/)
  const seen = await call(at(`/sessions/${id}`), 'GET')
  expect(seen.body).toMatchObject({ state: 'ready', tasks: [{ status: 'not-yet' }, { status: 'not-yet' }] })
  const checked = await call(at(`/sessions/${id}/checks`), 'POST', { task: 'run' })
  expect(checked.body.tasks[0]).toMatchObject({ status: 'broken', passedAt: null })
  const unended = await call(at(`/sessions/${id}`), 'DELETE')
  expect([unended.status, unended.body.code]).toEqual([503, 'engine-unreachable'])

  await engine.open()
  await until(health, ({ status }) => status === 'ok')
  expect((await call(at('/health/ready'), 'GET')).status).toBe(200)
  // It was asked to end while that could not be done: now it is.
  await until(
    async () => (await call(at(`/sessions/${id}`), 'GET')).body as Session,
    ({ state }) => state === 'ended',
  )

  const next = await readySession()
  await engine.cut()
  await until(health, ({ engine }) => engine === 'unreachable')
  await engine.open()
  await until(health, ({ status }) => status === 'ok')
  await typed(next, 'docker run --name greeter busybox:1 true')
  const after = await until(
    () => call(at(`/sessions/${next}/checks`), 'POST', { task: 'run' }),
    ({ body }) => body.tasks?.[0].status !== 'broken',
  )
  expect(after.body.tasks[0]).toMatchObject({ status: 'passed' })
  await until(
    () => typed(next, 'answer word 0'),
    ({ exitCode }) => exitCode === 0,
  )
  await call(at(`/sessions/${next}`), 'DELETE')
}, 120_000)

test('a sandbox that dies is started again, with all that was in it', async () => {
  const id = await readySession()
  await typed(id, 'echo mine > kept')
  await (await container()).kill()
  await until(
    () => typed(id, 'cat kept; answer word 1').catch(() => ({ exitCode: undefined })),
    ({ exitCode }) => exitCode === 0,
  )
  expect((await call(at(`/sessions/${id}`), 'GET')).body).toMatchObject({
    state: 'ready',
    answers: [{ value: '1' }],
  })
  await call(at(`/sessions/${id}`), 'DELETE')
})

test('a sandbox that is removed ends its session, which says so; another can be started', async () => {
  const id = await readySession()
  await (await container()).remove({ force: true })
  const lost = await until(
    async () => (await call(at(`/sessions/${id}`), 'GET')).body as Session,
    ({ state }) => state !== 'ready',
  )
  expect(lost).toMatchObject({ state: 'failed', engineReady: false, problem: { code: 'sandbox-gone' } })
  expect((await call(at(`/sessions/${id}/checks`), 'POST', {})).body.code).toBe('session-over')
  const next = await readySession()
  expect(next).not.toBe(id)
  await call(at(`/sessions/${next}`), 'DELETE')
})

test('a student engine that is killed is up again, and checks that could not ask are nobody’s fault', async () => {
  const id = await readySession()
  const told: string[] = []
  const stop = server.services.feed.listen({
    session() {},
    notice: ({ session, code }) => void (session === id && told.push(code)),
  })
  onTestFinished(stop)
  await typed(id, 'docker run --name greeter busybox:1 true; sudo pkill -9 dockerd')
  const checked = await until(
    () => call(at(`/sessions/${id}/checks`), 'POST', { task: 'run' }),
    ({ body }) => body.tasks[0].status !== 'broken',
  )
  expect(checked.body.tasks[0]).toMatchObject({ status: 'passed' })
  await expect.poll(() => told).toEqual(['engine-silent', 'engine-back'])
  await call(at(`/sessions/${id}`), 'DELETE')
})
