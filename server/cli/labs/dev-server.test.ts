import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuthorCheck, AuthorSession, JournalLine } from '../../contract/author.ts'
import type { ClientToServer, ServerToClient } from '../../contract/realtime.ts'
import { type RunningServer, startServer } from '../../main.ts'
import { call, greet, type TestPlace, testPlace, until } from '../../test-server.ts'
import { startDevServer } from './dev-server.ts'

/** From the write of the file, on a machine that has nothing else to do. */
const SOON_MS = 1_000

let place: TestPlace
let server: RunningServer
let session: string
let socket: Socket<ServerToClient, ClientToServer>
const lines: JournalLine[] = []

beforeAll(async () => {
  place = await testPlace()
  server = await startDevServer(place.config, place.host, 0)
  const started = await call(`${server.url}/api/sessions`, 'POST', { lab: 'greet' })
  session = started.body.id
  socket = io(server.url, { transports: ['websocket'], forceNew: true })
  socket.on('author:journal', (message) => void lines.push(...message.lines))
  await until(
    () => call(`${server.url}/api/sessions/${session}`, 'GET'),
    ({ body }) => body.state === 'ready',
  )
  const watched = await socket.timeout(5_000).emitWithAck('session:watch', { session })
  expect(watched).toMatchObject({ ok: true, value: { author: true } })
})

afterAll(async () => {
  socket?.close()
  await server?.close()
  await place?.remove()
})

const view = async (): Promise<AuthorSession> =>
  (await call(`${server.url}/api/author/sessions/${session}`, 'GET')).body

/** The lab with its first check as given; resolves with that check once it is as wanted, and how long that took. */
async function edited(
  text: string,
  wanted: (check: AuthorCheck) => boolean,
): Promise<{ check: AuthorCheck; ms: number }> {
  const began = performance.now()
  writeFileSync(join(place.config.labsDir, 'greet/lab.yaml'), text)
  const { tasks } = await until(view, ({ tasks }) => {
    const [check] = tasks[0]?.checks ?? []
    return check !== undefined && wanted(check)
  })
  return { check: tasks[0]?.checks[0] as AuthorCheck, ms: performance.now() - began }
}

/** What is soon on this machine now: beside a press of Check, which is no part of the promise, and allows for its load. */
async function soonMs(): Promise<number> {
  const began = performance.now()
  await call(`${server.url}/api/sessions/${session}/checks`, 'POST', { task: 'run' })
  return SOON_MS + 3 * (performance.now() - began)
}

const yaml = greet['lab.yaml']
const passing = yaml.replace('{ ref: greeter }', '{ kind: image, ref: "busybox:1" }')

test('a changed check is judged in the running sandbox within a second, with what it was judged from', async () => {
  const soon = await soonMs()
  const other = yaml.replace('object-missing: not-greeted', 'object-missing: nobody-there')
  const { check, ms } = await edited(other, ({ code }) => code === 'nobody-there')
  expect(check).toMatchObject({
    name: 'object_exists',
    status: 'not-yet',
    params: expect.stringContaining('"greeter"'),
    gathered: expect.stringContaining('\n'),
    ms: expect.any(Number),
  })
  expect(ms).toBeLessThan(soon)
})

test('a pass is forgotten when the changed lab says otherwise', async () => {
  const two = /\s+- use: events\n.*\n/.exec(passing)?.[0] ?? ''
  const state = () => call(`${server.url}/api/sessions/${session}`, 'GET')
  await edited(passing.replace(two, '\n'), ({ status }) => status === 'passed')
  await until(state, ({ body }) => body.tasks[0].status === 'passed')
  await edited(yaml, ({ code }) => code === 'not-greeted')
  const { body } = await until(state, ({ body }) => body.tasks[0].status === 'not-yet')
  expect(body.tasks[0].passedAt).not.toBeNull()
})

test('a lab that does not load shows its places, and the last that did stays usable', async () => {
  await edited(yaml, ({ code }) => code === 'not-greeted')
  const file = join(place.config.labsDir, 'greet/lab.yaml')
  const soon = await soonMs()
  const began = performance.now()
  writeFileSync(file, yaml.replace('minutes: 5', 'minutes: many'))
  const { problems, tasks } = await until(view, ({ problems }) => problems.length > 0)
  expect(performance.now() - began).toBeLessThan(soon)
  expect(problems).toEqual([
    {
      file: 'greet/lab.yaml',
      line: expect.any(Number),
      column: expect.any(Number),
      field: 'minutes',
      message: expect.any(String),
    },
  ])
  expect(tasks[0]?.checks[0]).toMatchObject({ code: 'not-greeted' })
  expect(await call(`${server.url}/api/labs/greet`, 'GET')).toMatchObject({ status: 200 })
  const checked = await call(`${server.url}/api/sessions/${session}/checks`, 'POST', { task: 'run' })
  expect(checked).toMatchObject({ status: 200, body: { verdicts: [{ code: 'not-greeted' }, {}] } })
  writeFileSync(file, yaml)
  await until(view, ({ problems }) => problems.length === 0)
})

test('the journal is told as it grows, in short and bounded', async () => {
  const opened = await socket.timeout(10_000).emitWithAck('terminal:open', { session, cols: 80, rows: 24 })
  if (!opened.ok) throw new Error(opened.problem.code)
  const data = Buffer.from(`docker run --name greeter --label big=${'x'.repeat(3_000)} busybox:1 true\r`)
  await socket
    .timeout(5_000)
    .emitWithAck('terminal:input', { terminal: opened.value.id, writer: 'w', seq: 0, data })
  const line = await until(
    async () => lines.find(({ name, action }) => name === 'greeter' && action === 'die'),
    (found) => found !== undefined,
  )
  expect(line).toMatchObject({ by: 'student', type: 'container' })
  expect(line?.attributes.length).toBeLessThan(1_000)
  const { journal, tasks } = await until(view, ({ tasks }) => tasks[0]?.checks[1]?.status === 'passed')
  expect(journal).toContainEqual(line)
  expect(tasks[0]?.checks.map(({ status }) => status)).toEqual(['passed', 'passed'])
})

test('a server for students has no author’s view', async () => {
  const config = { ...place.config, labsDir: place.config.labsDir }
  const plain = await startServer(config, place.host)
  try {
    const { status, body } = await call(`${plain.url}/api/author/sessions/${session}`, 'GET')
    expect([status, body.code]).toEqual([404, 'route-unknown'])
  } finally {
    await plain.close()
  }
})

test('closing it leaves nothing', async () => {
  const before = readdirSync(place.config.hostDir).filter((name) => name.includes('-dev-'))
  expect(before.length).toBeGreaterThan(0)
  await server.close()
  const ours = before.filter((name) => name.startsWith(place.config.installation.slice(0, 11)))
  expect(ours.filter((name) => existsSync(join(place.config.hostDir, name)))).toEqual([])
  expect(readFileSync(join(place.config.labsDir, 'greet/lab.yaml'), 'utf8')).toBe(yaml)
})
