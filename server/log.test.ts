import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { sessionToken } from '../checks/session-token.ts'
import { openSqliteStore } from './store/sql/open-sqlite.ts'
import { serverProcess } from './test-process.ts'
import { call, driverOf, greet, type TestPlace, testPlace, until } from './test-server.ts'

vi.setConfig({ testTimeout: 120_000 })

const setup = 'echo "printed-by-setup $DRYDOCK_TOKEN"; printenv DRYDOCK_TOKEN > token'

let place: TestPlace

beforeAll(async () => {
  const usual = await testPlace({
    marked: { ...greet, 'setup.sh': setup },
    blurts: { ...greet, 'setup.sh': 'set -x; echo "before $DRYDOCK_TOKEN"; exit 3' },
  })
  place = { ...usual, config: { ...usual.config, logLevel: 'trace' } }
})

afterAll(async () => {
  expect(await place?.remove()).toEqual([])
})

test('the log names sessions and labs, and holds nothing of terminals, answers, labs or secrets', async () => {
  const server = await serverProcess(place)
  onTestFinished(() => server.end('SIGKILL'))
  const sessions = `${server.url}/api/sessions`
  const { body } = await call(sessions, 'POST', { lab: 'marked' })
  const at = `${sessions}/${body.id}`
  await until(
    () => call(at, 'GET'),
    (answer) => answer.body.state === 'ready',
  )

  const socket = io(server.url, { transports: ['websocket'], forceNew: true, reconnection: false })
  onTestFinished(() => void socket.close())
  let seen = ''
  socket.on('terminal:output', ({ data }: { data: Uint8Array }) => {
    seen += Buffer.from(data).toString('latin1')
  })
  const ask = async (name: string, message: object) => {
    const reply = await socket.timeout(10_000).emitWithAck(name, message)
    expect(reply).toMatchObject({ ok: true })
    return reply.value
  }
  const { id: terminal } = await ask('terminal:open', { session: body.id, cols: 80, rows: 24 })
  await ask('terminal:attach', { terminal, cols: 80, rows: 24 })
  const type = (seq: number, text: string) =>
    ask('terminal:input', { terminal, writer: 'w', seq, data: Buffer.from(text) })
  await type(0, 'echo typed-$((6*7))-marker; docker pull nowhere/pulled-name\r')
  await until(
    async () => seen,
    (text) => text.includes('typed-42-mark'),
  )
  await call(`${at}/answers`, 'POST', { task: 'say', field: 'word', value: 'my-own-answer' })
  await call(`${at}/answers`, 'POST', `{"task": "broken-json-body`)
  await call(`${at}/checks`, 'POST')
  await call(at, 'DELETE')
  const failing = await call(sessions, 'POST', { lab: 'blurts' })
  await until(
    () => call(`${sessions}/${failing.body.id}`, 'GET'),
    (answer) => answer.body.state === 'failed',
  )
  await server.end('SIGINT')

  const store = await openSqliteStore(place.config.dataDir)
  onTestFinished(() => store.close())
  const seed = (await store.session(body.id))?.seed as string
  const failed = await store.session(failing.body.id)
  const token = await sessionToken(failed?.seed as string)
  expect(failed?.problem?.detail).toMatch(/before DRYDOCK_TOKEN/)
  const key = await readFile(join(place.config.dataDir, 'receipt-key.pem'), 'utf8')
  const said = server.said()
  for (const secret of [
    'typed-42',
    '-marker',
    'my-own-answer',
    'broken-json-body',
    'printed-by-setup',
    token,
    seed,
    key.split('\n')[1],
  ])
    expect(said).not.toContain(secret)

  const lines = said.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
  const ready = lines.find(({ msg }) => msg === 'a session is ready')
  expect(ready).toMatchObject({ level: 30, session: body.id, lab: 'marked' })
  expect(lines).toContainEqual(
    expect.objectContaining({ msg: 'a session has ended', session: body.id, lab: 'marked' }),
  )
  expect(lines).toContainEqual(
    expect.objectContaining({ msg: 'a session failed', session: failing.body.id, lab: 'blurts' }),
  )
  await driverOf(place.config, place.host).close()
})
