import { connect } from 'node:net'
import { Duplex } from 'node:stream'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { testHost } from '../host/test-host.ts'
import { DialAgent } from './dial-agent.ts'
import { EngineClient } from './engine-client.ts'
import { ScriptedEngine } from './testing/scripted-engine.ts'

let socketPath: string
beforeAll(async () => {
  socketPath = (await testHost()).host.socketPath
})

/** A stream that is no socket, as an exec connection is. */
function overStream(path: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      const stream = Duplex.from({ readable: socket, writable: socket })
      resolve(stream)
    })
    socket.once('error', reject)
  })
}

const clients: EngineClient[] = []
afterAll(() => {
  for (const each of clients) each.close()
})
function clientOf(dial: (signal?: AbortSignal) => Promise<Duplex>): EngineClient {
  const client = new EngineClient({ dial, clock: systemClock })
  clients.push(client)
  return client
}

const ping = { method: 'GET', path: '/_ping' } as const

test('talks over streams that are no sockets and keeps them', async () => {
  let dialled = 0
  const client = clientOf(() => {
    dialled++
    return overStream(socketPath)
  })
  for (let i = 0; i < 20; i++) expect((await client.call(ping)).body.toString()).toBe('OK')
  expect(dialled).toBe(1)
  await Promise.all(Array.from({ length: 30 }, () => client.call(ping)))
  expect(dialled).toBeLessThanOrEqual(9)
})

test('what a request costs does not grow with what its connections hold', async () => {
  const agent = new DialAgent({ dial: () => overStream(socketPath), clock: systemClock })
  // docker-modem does this for every request.
  expect(inspect({ agent }, { showHidden: true, depth: null }).length).toBeLessThan(100)
  agent.destroy()
})

test('a question on a connection that the engine closed meanwhile is asked again', async () => {
  await using engine = await ScriptedEngine.start()
  const client = clientOf(() => overStream(engine.socketPath))
  for (let i = 0; i < 5; i++) {
    expect((await client.call({ method: 'GET', path: '/info' })).status).toBe(200)
    engine.cut()
  }
})

test('says that the engine is down when it cannot be reached', async () => {
  await expect(clientOf(() => Promise.reject(new Error('no exec'))).call(ping)).rejects.toMatchObject({
    code: 'student-engine-down',
  })
  const begun = performance.now()
  const never = clientOf(() => new Promise(() => {}))
  await expect(never.call({ ...ping, timeoutMs: 300 })).rejects.toMatchObject({ code: 'student-engine-down' })
  expect(performance.now() - begun).toBeLessThan(2_000)
})

test('bounds an answer in size and time', async () => {
  const client = clientOf(() => overStream(socketPath))
  await expect(client.call({ method: 'GET', path: '/info', maxBytes: 100 })).rejects.toMatchObject({
    code: 'student-engine-answer',
  })
  const events = { method: 'GET', path: '/events', timeoutMs: 300 } as const
  await expect(client.call(events)).rejects.toMatchObject({ code: 'student-engine-down' })
})

test("ends with the caller's signal, with its reason", async () => {
  const client = clientOf(() => overStream(socketPath))
  const caller = new AbortController()
  const call = client.call({ method: 'GET', path: '/events', signal: caller.signal })
  caller.abort(new Error('enough'))
  await expect(call).rejects.toThrow('enough')
  await expect(client.call({ ...ping, signal: caller.signal })).rejects.toThrow('enough')
})

test('an answer that is no HTTP is an engine that is down', async () => {
  const babble = () =>
    Promise.resolve(
      Duplex.from({ readable: [Buffer.from('SSH-2.0-dropbear\r\n')], writable: async () => {} } as never),
    )
  await expect(clientOf(babble).call(ping)).rejects.toMatchObject({ code: 'student-engine-down' })
})
