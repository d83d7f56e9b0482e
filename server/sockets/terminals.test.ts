import { createHash } from 'node:crypto'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { type ClientToServer, HIGH_WATERMARK, type ServerToClient } from '../contract/realtime.ts'
import { unmeasured } from '../services/measures.ts'
import { runScript } from '../services/run-script.ts'
import { type TestPlace, type TestServer, testPlace, testServer, until } from '../test-server.ts'

let place: TestPlace
let server: TestServer
let session: string

beforeAll(async () => {
  place = await testPlace()
  const terminal = (direction: 'in' | 'out', bytes: number) => {
    counted[direction] += bytes
  }
  server = await testServer(place, { measures: { ...unmeasured, terminal } })
  session = await readySession()
})

afterAll(async () => {
  await server?.close()
  await place?.remove()
})

/** Bytes that were typed and printed, as the server counts them. */
const counted = { in: 0, out: 0 }

async function readySession(): Promise<string> {
  const { sessions, localUser } = server.services
  const { session } = await sessions.start(localUser, 'greet')
  await until(
    () => sessions.get(localUser, session.id),
    ({ state }) => state === 'ready',
  )
  return session.id
}

/** A browser as the contract describes it: it gathers output by offset and acknowledges what it has. */
class Browser {
  readonly socket: Socket<ServerToClient, ClientToServer> = io(server.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  })
  output = Buffer.alloc(0)
  /** Offset of the first byte of `output`. */
  from = 0
  next = 0
  acknowledges = true
  exit: number | null | undefined
  terminal = ''
  detached = 0
  #seq = 0
  #writer: string

  constructor(writer = `w${Math.random()}`) {
    this.#writer = writer
    onTestFinished(() => void this.socket.close())
    this.socket.on('terminal:output', ({ terminal, offset, data }) => {
      if (terminal !== this.terminal) return
      // No byte is missing and none comes twice.
      expect(offset).toBe(this.next)
      this.output = Buffer.concat([this.output, data]).subarray(-4_000_000)
      this.next += data.byteLength
      if (this.acknowledges) this.acknowledge()
    })
    this.socket.on('terminal:exit', ({ terminal, code }) => {
      if (terminal === this.terminal) this.exit = code
    })
    this.socket.on('terminal:detached', () => {
      this.detached += 1
    })
  }

  acknowledge(): void {
    this.socket.emit('terminal:ack', { terminal: this.terminal, offset: this.next })
  }

  async open(size = { cols: 80, rows: 24 }): Promise<this> {
    const reply = await this.socket.timeout(10_000).emitWithAck('terminal:open', { session, ...size })
    if (!reply.ok) throw new Error(reply.problem.code)
    const { id } = reply.value
    const { terminals, localUser } = server.services
    onTestFinished(() => terminals.close(id, localUser.id).catch(() => undefined))
    return this.attach(id, undefined, size)
  }

  attach(terminal: string, from?: number, size = { cols: 80, rows: 24 }): Promise<this> {
    this.terminal = terminal
    return new Promise((resolve, reject) => {
      // Output may come in the same turn as the reply.
      this.socket.emit('terminal:attach', { terminal, from, ...size }, (reply) => {
        if (!reply.ok) return reject(new Error(reply.problem.code))
        this.from = reply.value.from
        this.next = reply.value.from
        this.output = Buffer.alloc(0)
        resolve(this)
      })
    })
  }

  async type(text: string | Buffer, seq = this.#seq++) {
    const message = { terminal: this.terminal, writer: this.#writer, seq, data: Buffer.from(text) }
    const reply = await this.socket.timeout(10_000).emitWithAck('terminal:input', message)
    if (!reply.ok) throw new Error(reply.problem.code)
  }

  get text(): string {
    return this.output.toString()
  }

  sees(wanted: string | RegExp, ms?: number): Promise<string> {
    return until(
      async () => this.text,
      (text) => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)),
      ms,
    )
  }
}

test('a shell as the student, in colour, with the size asked for before it starts', async () => {
  const browser = await new Browser().open({ cols: 123, rows: 45 })
  await browser.type('id -un; stty size; echo $TERM; tty; pwd\r')
  await browser.sees(/student\r\n45 123\r\nxterm-256color\r\n\/dev\/(pts\/)?\w+\r\n\/home\/student\r\n/)
  browser.socket.emit('terminal:resize', { terminal: browser.terminal, cols: 60, rows: 20 })
  await until(
    async () => {
      await browser.type('stty size\r')
      return browser.text
    },
    (text) => text.includes('20 60\r\n'),
  )
})

test('every byte arrives as it was sent, both ways', async () => {
  const browser = await new Browser().open()
  const before = { ...counted }
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  await browser.type(
    'stty raw -echo; echo read$((1)); head -c 256 | od -An -v -tu1; echo; printf "\\\\377\\\\200\\\\000\\\\001end"; stty sane\r',
  )
  await browser.sees('read1\n')
  await browser.type(all)
  await browser.sees('\u0001end')
  expect(counted.in - before.in).toBeGreaterThan(256)
  expect(counted.in - before.in).toBeLessThan(512)
  expect(counted.out - before.out).toBeGreaterThan(3 * 256)
  const numbers = browser.text
    .split('read1')[1]
    ?.match(/\b\d{1,3}\b/g)
    ?.slice(0, 256)
  expect(numbers?.map(Number)).toEqual([...all])
  expect(browser.output.includes(Buffer.from([0xff, 0x80, 0x00, 0x01]))).toBe(true)
})

test('a flood arrives whole and in order, never more than the watermark ahead of the browser', async () => {
  const browser = await new Browser().open()
  await browser.type(
    "stty -echo; exec sh -c 'echo begin-$((1)); read go; seq 1 300000; echo end-$((2)); sleep 1000'\r",
  )
  await browser.sees('begin-1\r\n')
  const hash = createHash('md5')
  let size = 0
  let tail = ''
  browser.acknowledges = false
  let acknowledged = browser.next
  let most = 0
  browser.socket.on('terminal:output', ({ offset, data }) => {
    hash.update(data)
    size += data.byteLength
    tail = (tail + Buffer.from(data).toString('latin1')).slice(-20)
    const end = offset + data.byteLength
    most = Math.max(most, end - acknowledged)
    if (end - acknowledged < 64 * 1024 && !tail.includes('end-2')) return
    acknowledged = end
    browser.socket.emit('terminal:ack', { terminal: browser.terminal, offset: end })
  })
  await browser.type('go\r')
  await until(
    async () => tail,
    (text) => text.endsWith('end-2\r\n'),
    60_000,
  )
  const expected = `${Array.from({ length: 300_000 }, (_, i) => i + 1).join('\r\n')}\r\nend-2\r\n`
  expect(size).toBe(expected.length)
  expect(hash.digest('hex')).toBe(createHash('md5').update(expected).digest('hex'))
  expect(most).toBeLessThanOrEqual(HIGH_WATERMARK)
})

test('a browser that acknowledges nothing stops the shell, not the server, and goes on from where it was', async () => {
  const browser = await new Browser().open()
  await browser.type("PS1=''; stty -echo; echo begin-$((1))\r")
  await browser.sees('begin-1\r\n')
  browser.acknowledges = false
  await browser.type('seq 1 1000000; echo end-$((2))\r')
  const stopped = await until(
    async () => browser.next,
    (next) => next >= HIGH_WATERMARK,
  )
  // Another terminal of the session is as quick as ever meanwhile.
  const other = await new Browser().open()
  await other.type('echo quick-$((3))\r')
  await other.sees('quick-3')
  expect(browser.next).toBeLessThanOrEqual(stopped + HIGH_WATERMARK)
  expect(browser.text).not.toContain('end-2')
  browser.acknowledges = true
  browser.acknowledge()
  await browser.sees('end-2\r\n', 60_000)
})

test('the shell outlives a dropped connection, and a new one has every byte from where the old one was', async () => {
  const first = await new Browser().open()
  await first.type('echo before-$((1)); sleep 1; echo between-$((2)); sleep 1000\r')
  await first.sees('before-1')
  first.socket.close()
  const had = first.next

  const second = await new Browser().attach(first.terminal, had)
  expect(second.from).toBe(had)
  await second.sees('between-2')
  expect(second.text).not.toContain('before-1')
  const third = await new Browser().attach(first.terminal)
  expect(third.from).toBe(0)
  await third.sees(/before-1[\s\S]*between-2/)
  await second.type('\x03')
  await third.sees('^C')
})

test('a reload tells how the lab stands and which terminals there are', async () => {
  const browser = await new Browser().open()
  await browser.type('exit 5\r')
  await until(
    async () => browser.exit,
    (exit) => exit !== undefined,
  )
  expect(browser.exit).toBe(5)
  const next = new Browser()
  const reply = await next.socket.timeout(5_000).emitWithAck('session:watch', { session })
  if (!reply.ok) throw new Error(reply.problem.code)
  expect(reply.value.session).toMatchObject({ id: session, state: 'ready' })
  expect(reply.value.terminals).toContainEqual({ id: browser.terminal, exit: 5 })
  await next.attach(browser.terminal)
  await next.sees('exit 5')
  expect(
    await until(
      async () => next.exit,
      (exit) => exit !== undefined,
    ),
  ).toBe(5)
})

test('input sent again is typed once, and in order', async () => {
  const browser = await new Browser().open()
  const lines = Array.from({ length: 50 }, (_, i) => `line ${i}\n`)
  const size = lines.join('').length
  await browser.type(`stty raw -echo; echo rea$((0))dy; head -c ${size} | md5sum; stty sane\r`, 0)
  await browser.sees('rea0dy\n')
  const pieces = lines.map((line, i) => browser.type(line, i + 1))
  await Promise.all([...pieces, browser.type('line 3\n', 4), browser.type('line 49\n', 50)])
  await browser.sees(createHash('md5').update(lines.join('')).digest('hex'))
})

test('a paste of a megabyte arrives whole', async () => {
  const browser = await new Browser().open()
  await browser.type('stty raw -echo; echo rea$((0))dy; head -c 1000000 | md5sum; stty sane\r')
  await browser.sees('rea0dy\n')
  const paste = Buffer.alloc(1_000_000, 'paste ')
  for (let at = 0; at < paste.length; at += 50_000) await browser.type(paste.subarray(at, at + 50_000))
  await browser.sees(createHash('md5').update(paste).digest('hex'))
})

test('a shell that reads nothing takes a bounded amount of input, and that is said', async () => {
  const browser = await new Browser().open()
  await browser.type('sleep 1000\r')
  const refused: string[] = []
  for (let seq = 1; seq <= 60; seq += 1) {
    const message = { terminal: browser.terminal, writer: 'p', seq, data: Buffer.alloc(60_000, 'x') }
    browser.socket.emit('terminal:input', message, (reply) => {
      if (!reply.ok) refused.push(reply.problem.code)
    })
  }
  // Answered after all of these were looked at.
  await browser.socket.timeout(10_000).emitWithAck('session:watch', { session })
  expect(refused.length).toBeGreaterThan(10)
  expect(new Set(refused)).toEqual(new Set(['terminal-busy']))
})

test('closing a terminal ends its shell and what runs in it', async () => {
  const browser = await new Browser().open()
  await browser.type('echo pid-$$; sleep 4242\r')
  await browser.sees(/pid-\d+/)
  const { sandbox } = await server.services.workplaces.live(server.services.localUser, session)
  const sleepers = () =>
    runScript(sandbox, "pgrep -f 'sleep [4]242'", { clock: systemClock, timeoutMs: 5_000, maxBytes: 100 })
  expect(await sleepers()).toMatchObject({ exitCode: 0 })
  const closed = await browser.socket
    .timeout(5_000)
    .emitWithAck('terminal:close', { terminal: browser.terminal })
  expect(closed).toEqual({ ok: true, value: null })
  expect(await sleepers()).toMatchObject({ exitCode: 1 })
  expect(
    await browser.socket.timeout(5_000).emitWithAck('terminal:close', { terminal: browser.terminal }),
  ).toMatchObject({ ok: false, problem: { code: 'terminal-unknown' } })
})

test('a terminal of somebody else is unknown', async () => {
  await server.store.putUser({ id: 'bob', name: 'Bob', role: 'admin' })
  const bob = { id: 'bob', name: 'Bob', role: 'admin' } as const
  const theirs = await server.services.sessions.start(bob, 'greet')
  const live = await until(
    () => server.services.workplaces.live(bob, theirs.session.id).catch(() => undefined),
    (found) => found !== undefined,
  )
  const place = {
    id: theirs.session.id,
    owner: bob.id,
    sandbox: live?.sandbox as NonNullable<typeof live>['sandbox'],
  }
  const terminal = await server.services.terminals.open(place, { cols: 80, rows: 24 })
  const { socket } = new Browser()
  const unknown = { ok: false, problem: { code: 'terminal-unknown' } }
  const size = { cols: 80, rows: 24 }
  expect(
    await socket.timeout(5_000).emitWithAck('terminal:attach', { terminal: terminal.id, ...size }),
  ).toMatchObject(unknown)
  expect(
    await socket
      .timeout(5_000)
      .emitWithAck('terminal:input', { terminal: terminal.id, writer: 'w', seq: 0, data: Buffer.from('x') }),
  ).toMatchObject(unknown)
  expect(await socket.timeout(5_000).emitWithAck('terminal:close', { terminal: terminal.id })).toMatchObject(
    unknown,
  )
  const strange = { ok: false, problem: { code: 'session-unknown' } }
  expect(
    await socket.timeout(5_000).emitWithAck('terminal:open', { session: theirs.session.id, ...size }),
  ).toMatchObject(strange)
  expect(
    await socket.timeout(5_000).emitWithAck('session:watch', { session: theirs.session.id }),
  ).toMatchObject(strange)
  expect(terminal.exit).toBeUndefined()
  await server.services.sessions.end(bob, theirs.session.id)
})

test('a pull that fails is met by a notice that names what is there, once', async () => {
  const browser = await new Browser().open()
  const notices: { session: string; code: string; text: string }[] = []
  browser.socket.on('notice', (notice) => notices.push(notice))
  await browser.socket.timeout(5_000).emitWithAck('session:watch', { session })
  await browser.type('docker pull alpine; docker run alpine; echo over-$((1))\r')
  await browser.sees('over-1', 60_000)
  await until(
    async () => notices,
    (all) => all.length > 0,
  )
  expect(notices).toEqual([{ session, code: 'pull-failed', text: expect.stringContaining('busybox:1') }])
})

test('so many terminals and no more; a shell that has ended makes room', async () => {
  session = await readyFresh()
  const browsers: Browser[] = []
  for (let i = 0; i < 8; i += 1) browsers.push(await new Browser().open())
  await expect(new Browser().open()).rejects.toThrow('terminal-limit')
  const [first] = browsers
  await first?.type('exit\r')
  await until(
    async () => first?.exit,
    (exit) => exit === 0,
  )
  await new Browser().open()
  await expect(new Browser().open()).rejects.toThrow('terminal-limit')
})

test('when the session ends, every terminal says so', async () => {
  session = await readyFresh()
  const browser = await new Browser().open()
  const states: string[] = []
  browser.socket.on('session', ({ state }) => states.push(state))
  await browser.socket.timeout(5_000).emitWithAck('session:watch', { session })
  await server.services.sessions.end(server.services.localUser, session)
  await until(
    async () => browser.exit,
    (exit) => exit !== undefined,
  )
  await until(
    async () => states,
    (all) => all.at(-1) === 'ended',
  )
  await expect(new Browser().open()).rejects.toThrow('session-over')
})

async function readyFresh(): Promise<string> {
  await server.services.sessions.end(server.services.localUser, session)
  return readySession()
}
