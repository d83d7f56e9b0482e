import { io } from 'socket.io-client'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from './clock.ts'
import type { Session } from './contract/session.ts'
import { testHost } from './host/test-host.ts'
import { runScript } from './services/run-script.ts'
import { type ServerProcess, serverProcess } from './test-process.ts'
import { call, driverOf, type TestPlace, testPlace, until } from './test-server.ts'

// Each test starts two or three servers and as many sandboxes.
vi.setConfig({ testTimeout: 180_000 })

let place: TestPlace

beforeAll(async () => {
  place = await testPlace()
})

afterAll(async () => {
  expect(await place?.remove()).toEqual([])
})

type Server = ServerProcess
/** A server, ended with the test that began it. */
const serve = async (config = place.config): Promise<Server> => {
  const server = await serverProcess({ config, host: place.host })
  onTestFinished(() => server.end('SIGKILL'))
  return server
}

/** The one sandbox that there is, whoever serves it. */
async function sandbox() {
  const driver = driverOf(place.config, place.host)
  const [id] = await driver.list()
  const found = id === undefined ? undefined : await driver.get(id)
  if (!found) throw new Error('there is no sandbox')
  return found
}

async function typed(text: string) {
  return runScript(await sandbox(), text, { clock: systemClock, timeoutMs: 30_000, maxBytes: 10_000 })
}

async function container() {
  const { docker } = await testHost()
  const filters = { label: [`drydock.installation=${place.config.installation}`, 'drydock.kind=sandbox'] }
  const [found] = await docker.listContainers({ all: true, filters })
  if (!found) throw new Error('there is no sandbox')
  return docker.getContainer(found.Id)
}

async function session({ url }: Server, id: string): Promise<Session> {
  const { body } = await call(`${url}/api/sessions/${id}`, 'GET')
  return body
}

async function readySession(server: Server, lab = 'greet'): Promise<Session> {
  const { body } = await call(`${server.url}/api/sessions`, 'POST', { lab })
  return until(
    () => session(server, body.id),
    ({ state }) => state === 'ready',
  )
}

/** Opens a terminal as a browser does and types a command. */
async function shellWith({ url }: Server, session: string, command: string): Promise<void> {
  const socket = io(url, { transports: ['websocket'], forceNew: true })
  onTestFinished(() => void socket.close())
  const opened = await socket.timeout(5_000).emitWithAck('terminal:open', { session, cols: 80, rows: 24 })
  const data = Buffer.from(`${command}\r`)
  await socket
    .timeout(5_000)
    .emitWithAck('terminal:input', { terminal: opened.value.id, writer: 'w', seq: 0, data })
  await until(
    () => typed(`pgrep -f '^${command}'`),
    ({ exitCode }) => exitCode === 0,
  )
}

test('a session survives the death of its server: verdicts, answers, journal and machine', async () => {
  const first = await serve()
  const { id } = await readySession(first)
  await call(`${first.url}/api/sessions/${id}/answers`, 'POST', { task: 'say', field: 'word', value: '3' })
  const before = await call(`${first.url}/api/sessions/${id}/checks`, 'POST', {})
  expect(before.body.tasks[0]).toMatchObject({ status: 'not-yet', code: 'not-greeted' })
  await typed('echo mine > kept')
  await shellWith(first, id, 'sleep 4343')
  await first.end('SIGKILL')
  expect(await typed("pgrep -f 'sleep [4]343'")).toMatchObject({ exitCode: 0 })

  // The student's machine goes on meanwhile, and what happens there is not lost.
  await typed('docker run --name greeter busybox:1 sh -c "exit 3"')
  const second = await serve()
  const after = await session(second, id)
  expect(after).toMatchObject({
    state: 'ready',
    engineReady: true,
    answers: [{ field: 'word', value: '3', tries: 1 }],
  })
  expect(after.tasks).toEqual(before.body.tasks)

  // A shell that nobody can attach to any more is not left behind.
  await until(
    () => typed("pgrep -f 'sleep [4]343'"),
    ({ exitCode }) => exitCode === 1,
  )

  const checked = await call(`${second.url}/api/sessions/${id}/checks`, 'POST', {})
  expect(checked.body.tasks).toMatchObject([
    { task: 'run', status: 'passed' },
    { task: 'say', status: 'passed' },
  ])
  expect(await typed('cat kept; answer word 3')).toMatchObject({
    output: expect.stringMatching(/^mine\n.*try 2/s),
  })
  expect((await call(`${second.url}/api/sessions`, 'POST', { lab: 'greet' })).body.id).toBe(id)

  // A clean stop leaves it running too, and ending it after the third start leaves nothing.
  await second.end('SIGINT')
  expect(second.process.exitCode).toBe(0)
  expect(await (await sandbox()).state()).toBe('running')
  const third = await serve()
  expect((await session(third, id)).tasks).toMatchObject([{ status: 'passed' }, { status: 'passed' }])
  const ended = await call(`${third.url}/api/sessions/${id}`, 'DELETE')
  expect(ended.body.state).toBe('ended')
  expect(await driverOf(place.config, place.host).list()).toEqual([])
  await third.end('SIGINT')
})

test('a sandbox that stopped while the server was away is started again, with all that was in it', async () => {
  const first = await serve()
  const { id } = await readySession(first)
  await typed('echo mine > kept; docker run -d --name greeter --restart always busybox:1 sleep 1000')
  await first.end('SIGKILL')
  await (await container()).kill()

  const second = await serve()
  const checked = await until(
    () => call(`${second.url}/api/sessions/${id}/checks`, 'POST', { task: 'run' }),
    ({ status }) => status === 200,
  )
  expect(checked.body.tasks[0]).toMatchObject({ status: 'passed' })
  expect(await typed('cat kept; docker ps --format {{.Names}}')).toMatchObject({ output: 'mine\ngreeter\n' })
  await call(`${second.url}/api/sessions/${id}`, 'DELETE')
  await second.end('SIGINT')
})

test('a session that was half made when the server died has failed, says so, and left nothing', async () => {
  const first = await serve()
  const { body } = await call(`${first.url}/api/sessions`, 'POST', { lab: 'slow' })
  await until(
    () => session(first, body.id),
    ({ engineReady }) => engineReady,
  )
  await first.end('SIGKILL')

  const second = await serve()
  expect(await session(second, body.id)).toMatchObject({
    state: 'failed',
    engineReady: false,
    problem: { code: 'sandbox-failed', detail: expect.stringContaining('server stopped') },
  })
  expect(await driverOf(place.config, place.host).list()).toEqual([])
  await second.end('SIGINT')
})

test('a session that was ending when the server died is ended', async () => {
  const first = await serve()
  const { id } = await readySession(first)
  const ending = call(`${first.url}/api/sessions/${id}`, 'DELETE').catch(() => undefined)
  await until(
    () => session(first, id),
    ({ state }) => state !== 'ready',
  )
  await first.end('SIGKILL')
  await ending

  const second = await serve()
  expect(await session(second, id)).toMatchObject({ state: 'ended' })
  expect(await driverOf(place.config, place.host).list()).toEqual([])
  await second.end('SIGINT')
})

test('a second server on the same data directory, and one on a port in use, say what is the matter', async () => {
  const first = await serve()
  const { id } = await readySession(first)
  await expect(serve()).rejects.toThrow(/data-dir-in-use/)

  const { port } = new URL(first.url)
  const { config } = place
  const elsewhere = { ...config, dataDir: `${config.dataDir}-2` }
  // The same installation over other data would take the first one's sandboxes for nobody's.
  await expect(serve(elsewhere)).rejects.toThrow(/installation-in-use/)
  const other = { ...elsewhere, installation: `${config.installation}-2`, port: Number(port) }
  await expect(serve(other)).rejects.toThrow(new RegExp(`Port ${port} on 127.0.0.1 is taken`))
  const { host } = place
  expect(await driverOf(other, host).list()).toEqual([])

  expect((await session(first, id)).state).toBe('ready')
  await call(`${first.url}/api/sessions/${id}`, 'DELETE')
  expect((await call(`${first.url}/api/health`, 'GET')).body.status).toBe('ok')
  await first.end('SIGINT')
})
