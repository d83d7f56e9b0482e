import { request } from 'node:http'
import { connect } from 'node:net'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { errorTable } from './errors.ts'
import { call, type TestPlace, type TestServer, testPlace, testServer } from './test-server.ts'

let place: TestPlace
let server: TestServer

beforeAll(async () => {
  place = await testPlace()
  server = await testServer(place)
})

afterAll(async () => {
  await server?.close()
  expect(await place?.remove()).toEqual([])
})

/** With a Host header of the caller's choice, which fetch does not allow. */
function rawStatus(path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ port: server.port, host: '127.0.0.1', path, headers }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString('latin1')
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    asked.on('upgrade', (_response, socket) => {
      socket.destroy()
      resolve({ status: 101, body: '' })
    })
    asked.on('error', reject)
    asked.end()
  })
}

describe('the API', () => {
  test('says how it is', async () => {
    expect(await call(`${server.url}/api/health`, 'GET')).toMatchObject({
      status: 200,
      body: { status: 'ok', engine: 'ready' },
    })
  })

  test('lists the labs that are valid, without what grades them', async () => {
    const { body } = await call(`${server.url}/api/labs`, 'GET')
    expect(body.labs.map((lab: { slug: string }) => lab.slug).sort()).toEqual([
      'fails-in-setup',
      'greet',
      'slow',
    ])
    const lab = await call(`${server.url}/api/labs/greet`, 'GET')
    expect(lab.status).toBe(200)
    expect(lab.body.tasks[1]).toEqual({
      id: 'say',
      title: 'Say it',
      body: 'Say it.',
      weight: 1,
      grading: 'latched',
      cleanRoom: false,
      answers: [
        { name: 'word', label: 'What did it say?' },
        {
          name: 'mood',
          label: 'How was it?',
          options: [
            { value: 'kind', label: 'Kind' },
            { value: 'rude', label: 'Rude' },
          ],
        },
      ],
    })
    expect(JSON.stringify(lab.body)).not.toMatch(/object_exists|not-greeted|solutions/)
  })

  test('names file, line and field of a malformed lab', async () => {
    const { status, body } = await call(`${server.url}/api/labs/malformed`, 'GET')
    expect(status).toBe(500)
    expect(body).toMatchObject({ code: 'lab-invalid', hint: errorTable['lab-invalid'].hint })
    expect(body.detail).toMatch(/malformed\/lab\.yaml:6:1: minutes/)
  })

  test.each([
    ['an unknown lab', 'GET', '/api/labs/none', undefined, 'lab-unknown'],
    ['a session of an unknown lab', 'POST', '/api/sessions', { lab: 'none' }, 'lab-unknown'],
    ['a session of a malformed lab', 'POST', '/api/sessions', { lab: 'malformed' }, 'lab-invalid'],
    ['an unknown session', 'GET', '/api/sessions/none', undefined, 'session-unknown'],
    ['an unknown session to end', 'DELETE', '/api/sessions/none', undefined, 'session-unknown'],
    ['an unknown session to check', 'POST', '/api/sessions/none/checks', {}, 'session-unknown'],
    ['an unknown route', 'GET', '/api/nothing', undefined, 'route-unknown'],
    ['a method that is not there', 'PUT', '/api/labs', {}, 'route-unknown'],
    ['an unknown page for a program', 'GET', '/nothing', undefined, 'route-unknown'],
    ['a body of the wrong shape', 'POST', '/api/sessions', { lab: 7 }, 'request-invalid'],
    ['a field too many', 'POST', '/api/sessions', { lab: 'greet', more: 1 }, 'request-invalid'],
    ['no body', 'POST', '/api/sessions', undefined, 'request-invalid'],
    ['half a body', 'POST', '/api/sessions', '{"lab":', 'request-invalid'],
    [
      'a body that would change prototypes',
      'POST',
      '/api/sessions',
      '{"__proto__":{"lab":"greet"}}',
      'request-invalid',
    ],
    ['a body too large', 'POST', '/api/sessions', { lab: 'x'.repeat(100_000) }, 'payload-too-large'],
    ['a malformed address', 'GET', '/%zz', undefined, 'request-invalid'],
    ['an id too long', 'GET', `/api/sessions/${'x'.repeat(90)}`, undefined, 'request-invalid'],
  ] as const)('%s is a problem with a code and what to do', async (_name, method, path, body, code) => {
    const answer = await call(server.url + path, method, body)
    expect(answer.type).toContain('application/problem+json')
    expect(answer.body).toEqual({
      type: `urn:drydock:problem:${code}`,
      code,
      status: errorTable[code].status,
      title: errorTable[code].title,
      hint: errorTable[code].hint,
      detail: expect.any(String),
    })
    expect(answer.status).toBe(errorTable[code].status)
    expect(await server.store.openSessions()).toEqual([])
  })

  test('the invalid field is named', async () => {
    const { body } = await call(`${server.url}/api/sessions`, 'POST', { lab: 7 })
    expect(body.detail).toMatch(/^lab: /)
  })

  test('what is not HTTP is refused and hurts nobody', async () => {
    const said = await new Promise<string>((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write('\x00\xff nonsense\r\n\r\n'))
      let text = ''
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1')
      })
      socket.on('error', reject)
      socket.on('close', () => resolve(text))
    })
    expect(said).toMatch(/^HTTP\/1\.1 400 /)
    expect((await call(`${server.url}/api/health`, 'GET')).status).toBe(200)
  })

  test('gives editors the schema of lab.yaml', async () => {
    const { status, body } = await call(`${server.url}/api/lab-schema.json`, 'GET')
    expect(status).toBe(200)
    expect(body).toMatchObject({ title: 'lab.yaml', properties: { minutes: { maximum: 240 } } })
    expect(body.definitions['with-object_exists'].properties.ref.description).toBe('Its name')
  })

  test('is described', async () => {
    const { body } = await call(`${server.url}/api/openapi.json`, 'GET')
    expect(body.openapi).toBe('3.1.0')
    expect(
      Object.entries(body.paths)
        .flatMap(([path, methods]) => Object.keys(methods as object).map((m) => `${m} ${path}`))
        .sort(),
    ).toEqual([
      'delete /api/sessions/{id}',
      'delete /api/sessions/{id}/checkpoints/{checkpoint}',
      'get /api/health',
      'get /api/health/ready',
      'get /api/labs',
      'get /api/labs/{slug}',
      'get /api/sessions',
      'get /api/sessions/{id}',
      'get /api/sessions/{id}/receipt',
      'post /api/sessions',
      'post /api/sessions/{id}/anew',
      'post /api/sessions/{id}/answers',
      'post /api/sessions/{id}/checkpoints',
      'post /api/sessions/{id}/checks',
      'post /api/sessions/{id}/extension',
      'post /api/sessions/{id}/hints',
      'post /api/sessions/{id}/reset',
      'post /api/sessions/{id}/submission',
    ])
    const answer =
      body.paths['/api/sessions/{id}/answers'].post.requestBody.content['application/json'].schema
    expect(answer.properties.value).toMatchObject({ type: 'string', maxLength: 500 })
  })

  test('every answer carries the headers that keep a page safe', async () => {
    for (const path of ['/api/health', '/nothing', '/api/labs/none']) {
      const { headers } = await fetch(server.url + path)
      expect(headers.get('content-security-policy')).toContain("default-src 'self'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
    }
  })
})

describe('the door', () => {
  const path = '/api/health'
  const websocket = '/socket.io/?EIO=4&transport=websocket'
  const polling = '/socket.io/?EIO=4&transport=polling'
  const upgrade = {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AQIDBAUGBwgJCgsMDQ4PEA==',
  }
  const local = () => `127.0.0.1:${server.port}`

  test('lets its own names in', async () => {
    for (const host of [
      local(),
      `localhost:${server.port}`,
      `[::1]:${server.port}`,
      `LOCALHOST:${server.port}`,
    ]) {
      expect((await rawStatus(path, { host })).status).toBe(200)
      expect((await rawStatus(path, { host, origin: `http://${host.toLowerCase()}` })).status).toBe(200)
      expect((await rawStatus(polling, { host })).status).toBe(200)
    }
    expect((await rawStatus(websocket, { ...upgrade, host: local() })).status).toBe(101)
  })

  test.each([
    ['another name', 'evil.example'],
    ['a name that begins like ours', 'localhost.evil.example'],
    ['no port', '127.0.0.1'],
    ['another port', '127.0.0.1:1'],
    ['an address of the network', '0.0.0.0'],
  ])('refuses %s as host: %s', async (_name, name) => {
    const host = name.includes(':') || name === '127.0.0.1' ? name : `${name}:${server.port}`
    const answer = await rawStatus(path, { host })
    expect(answer.status).toBe(421)
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'host-refused' })
    expect((await rawStatus(polling, { host })).status).toBe(403)
    const upgraded = await rawStatus(websocket, { ...upgrade, host })
    expect(upgraded.status).toBe(400)
    expect(upgraded.body).toContain('host-refused')
  })

  test.each([
    ['another page', 'http://evil.example'],
    ['a page of another port here', 'http://127.0.0.1:1'],
    ['a page without an origin', 'null'],
    ['a page by another scheme', 'https://127.0.0.1'],
    ['an empty one', ''],
  ])('refuses %s as origin: %s', async (_name, name) => {
    const origin = name === 'https://127.0.0.1' ? `${name}:${server.port}` : name
    const headers = { host: local(), origin }
    const answer = await rawStatus(path, headers)
    expect(answer.status).toBe(403)
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'origin-refused' })
    const socket = await rawStatus(polling, headers)
    expect(socket.status).toBe(403)
    expect(socket.body).toContain('origin-refused')
    const upgraded = await rawStatus(websocket, { ...upgrade, ...headers })
    expect(upgraded.status).toBe(400)
    expect(upgraded.body).toContain('origin-refused')
  })
})

describe('sockets', () => {
  function client(transports = ['websocket']): Promise<Socket> {
    const socket = io(server.url, { transports, forceNew: true, reconnection: false })
    onTestFinished(() => void socket.close())
    return new Promise((resolve, reject) => {
      socket.on('connect', () => resolve(socket))
      socket.on('connect_error', reject)
    })
  }

  test.each([
    ['an unknown session', 'session:watch', { session: 'none' }, 'session-unknown'],
    [
      'a terminal in an unknown session',
      'terminal:open',
      { session: 'none', cols: 80, rows: 24 },
      'session-unknown',
    ],
    ['an unknown terminal', 'terminal:attach', { terminal: 'none', cols: 80, rows: 24 }, 'terminal-unknown'],
    [
      'input to an unknown terminal',
      'terminal:input',
      { terminal: 'none', writer: 'w', seq: 0, data: Buffer.from('x') },
      'terminal-unknown',
    ],
    ['closing an unknown terminal', 'terminal:close', { terminal: 'none' }, 'terminal-unknown'],
    ['a size of nothing', 'terminal:open', { session: 'none', cols: 0, rows: 0 }, 'terminal-message-invalid'],
    [
      'text where bytes belong',
      'terminal:input',
      { terminal: 'none', writer: 'w', seq: 0, data: 'x' },
      'terminal-message-invalid',
    ],
    ['nothing', 'terminal:open', null, 'terminal-message-invalid'],
    [
      'too much input',
      'terminal:input',
      { terminal: 'none', writer: 'w', seq: 0, data: Buffer.alloc(65_537) },
      'payload-too-large',
    ],
  ])('%s is a problem in the reply', async (_name, event, message, code) => {
    const socket = await client()
    expect(await socket.timeout(5_000).emitWithAck(event, message)).toMatchObject({
      ok: false,
      problem: { code },
    })
  })

  test('a message of 10 MB closes that connection, says why, and hurts nobody else', async () => {
    const other = await client()
    const socket = await client()
    const closed = new Promise<{ reason: string; code: unknown }>((resolve) => {
      socket.on('disconnect', (reason, details) => {
        const context = (details as { context?: { code?: unknown } } | undefined)?.context
        resolve({ reason, code: context?.code })
      })
    })
    socket.emit('terminal:input', { terminal: 'none', writer: 'w', seq: 0, data: Buffer.alloc(10_000_000) })
    expect(await closed).toEqual({ reason: 'transport close', code: 1009 })
    expect(await other.timeout(5_000).emitWithAck('session:watch', { session: 'none' })).toMatchObject({
      ok: false,
    })
    expect((await call(`${server.url}/api/health`, 'GET')).status).toBe(200)
  })

  test('nonsense of every shape is answered or ignored, and the connection stays of use', async () => {
    const socket = await client()
    const shapes = [
      undefined,
      null,
      0,
      -1,
      1e308,
      '',
      'x'.repeat(1_000),
      [],
      [[[]]],
      {},
      { session: {} },
      { terminal: [] },
      { terminal: 'a', from: -1, cols: 1e9, rows: 0.5 },
      { terminal: 'a', offset: 'b' },
      { terminal: 'a', data: Buffer.alloc(3), writer: 7, seq: -1 },
      { __proto__: null, session: '\u0000' },
      Buffer.alloc(9),
      true,
    ]
    const events = [
      'session:watch',
      'terminal:open',
      'terminal:attach',
      'terminal:input',
      'terminal:resize',
      'terminal:ack',
      'terminal:close',
      'session',
      'error',
      'disconnect me',
      '__proto__',
      'constructor',
    ]
    for (const event of events) {
      for (const shape of shapes) {
        socket.emit(event, shape)
        socket.emit(event, shape, shape, shape)
        socket.emit(event)
        socket.emit(event, shape, 'not a function')
      }
    }
    for (const event of events.slice(0, 7)) {
      for (const shape of shapes) {
        const reply = await socket.timeout(5_000).emitWithAck(event, shape)
        // An acknowledgement of what is not looked at is nothing to complain about.
        if (event !== 'terminal:ack')
          expect(reply).toMatchObject({ ok: false, problem: { status: expect.any(Number) } })
      }
    }
    expect(socket.connected).toBe(true)
  })

  test('frames that are no socket.io close only their own connection', async () => {
    const frames = [
      '',
      '2',
      '4',
      '4{',
      '42',
      '42["terminal:open"',
      '45-["x"]',
      '451-["terminal:input",{"_placeholder":true,"num":9}]',
      '40/admin,',
      '41',
      '4'.repeat(1_000),
      '\u0000',
    ]
    for (const frame of frames) {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
      await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }))
      socket.send('40')
      socket.send(frame)
      socket.send(Buffer.from([4, 1, 2, 3]))
      socket.close()
      await new Promise((resolve) => socket.addEventListener('close', resolve, { once: true }))
    }
    expect((await call(`${server.url}/api/health`, 'GET')).status).toBe(200)
  })
})
