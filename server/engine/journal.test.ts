import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import type { JournalRow } from '../../checks/check.ts'
import { inOrder } from '../../checks/journal-rows.ts'
import { type Clock, systemClock } from '../clock.ts'
import { testHost } from '../host/test-host.ts'
import { Journal } from './journal.ts'
import { StudentEngine } from './student-engine.ts'
import { ScriptedEngine } from './testing/scripted-engine.ts'

/** A journal on an engine, over connections that a test can cut or hold back. */
function open(
  socketPath: string,
  options: { earlier?: JournalRow[]; append?: () => Promise<void>; clock?: Clock } = {},
) {
  const sockets = new Set<Socket>()
  const { earlier, clock = systemClock } = options
  const dial = () =>
    new Promise<Socket>((resolve, reject) => {
      const socket = connect(socketPath, () => resolve(socket))
      socket.once('error', reject)
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
  const engine = new StudentEngine({ dial, clock, seed: 'seed' })
  const rows: JournalRow[] = []
  const sink = {
    async append(more: readonly JournalRow[]) {
      await options.append?.()
      rows.push(...more)
    },
  }
  const journal = new Journal({ engine, sink, clock, earlier })
  journal.start()
  return {
    rows,
    journal,
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
    actions: () => rows.map(nameOf),
    async [Symbol.asyncDispose]() {
      await journal.stop()
      engine.close()
    },
  }
}

const nameOf = (row: JournalRow) => (row.kind === 'event' ? row.action : `gap ${row.reason}`)

test('on a real engine: all events of a container are there after a flush, once and in order, also over lost connections', async () => {
  const { docker, host } = await testHost()
  const image = host.images.labs.find((each) => each.name === 'busybox:1')?.id
  await using log = open(host.socketPath)
  await log.journal.flush()
  const name = `t${randomBytes(4).toString('hex')}`
  const seen = () =>
    log.rows.flatMap((row) => (row.kind === 'event' && row.attributes.name === name ? [row.action] : []))
  const box = await docker.createContainer({ name, Image: image, Cmd: ['true'], NetworkDisabled: true })
  try {
    for (let life = 1; life <= 5; life++) {
      await box.start()
      if (life % 2 === 0) log.cut()
      await box.wait()
      await log.journal.flush()
      expect(seen()).toEqual(['create', ...Array.from({ length: life }, () => ['start', 'die']).flat()])
    }
    expect(log.rows.filter((row) => row.kind === 'gap')).toEqual([])
    expect(log.rows.map((row) => row.seq)).toEqual(log.rows.map((_, i) => i + 1))
  } finally {
    await box.remove({ force: true })
  }
})

test('what the engine told before the journal began is there too', async () => {
  await using engine = await ScriptedEngine.start()
  engine.emit('create')
  await using log = open(engine.socketPath)
  engine.emit('start')
  await log.journal.flush()
  expect(log.actions()).toEqual(['create', 'start'])
})

test('a flush brings what the stream did not', async () => {
  await using engine = await ScriptedEngine.start()
  await using log = open(engine.socketPath)
  engine.emit('create')
  await log.journal.flush()
  await expect.poll(() => engine.listeners).toBe(1)
  engine.emit('kill', { silent: true })
  await log.journal.flush()
  engine.emit('die')
  await expect.poll(log.actions).toEqual(['create', 'kill', 'die'])
})

test('a flush waits for the oom that comes after the end it explains', async () => {
  const waits = Promise.withResolvers<void>()
  const clock: Clock = {
    ...systemClock,
    now: () => systemClock.now(),
    after(ms, fn) {
      if (ms > 500 && ms <= 1_000) waits.resolve()
      return systemClock.after(ms, fn)
    },
  }
  await using engine = await ScriptedEngine.start()
  await using log = open(engine.socketPath, { clock })
  engine.emit('start')
  engine.emit('die', { labels: { exitCode: '137' } })
  const flushed = log.journal.flush()
  await waits.promise
  engine.emit('oom')
  await flushed
  expect(log.actions()).toEqual(['start', 'die', 'oom'])
})

test('after a lost connection the engine tells what came meanwhile', async () => {
  await using engine = await ScriptedEngine.start()
  await using log = open(engine.socketPath)
  engine.emit('create')
  await expect.poll(log.actions).toEqual(['create'])
  engine.cut()
  engine.emit('start')
  await expect.poll(log.actions).toEqual(['create', 'start'])
})

test('an engine that has forgotten leaves a gap, known at the next flush at the latest', async () => {
  await using engine = await ScriptedEngine.start()
  await using log = open(engine.socketPath)
  engine.emit('create')
  await expect.poll(log.actions).toEqual(['create'])
  engine.cut(true)
  await log.journal.flush()
  expect(log.actions().slice(0, 2)).toEqual(['create', 'gap lost'])
  engine.emit('start')
  await log.journal.flush()
  expect(log.actions().at(-1)).toBe('start')
})

test('more than the engine remembers is a gap when the connection was lost, and none when the stream brings it', async () => {
  await using engine = await ScriptedEngine.start()
  await using log = open(engine.socketPath)
  engine.emit('create')
  await log.journal.flush()
  await expect.poll(() => engine.listeners).toBe(1)
  for (let i = 0; i < 300; i++) engine.emit('start')
  await log.journal.flush()
  expect(log.rows).toHaveLength(301)
  engine.cut()
  for (let i = 0; i < 300; i++) engine.emit('die')
  await log.journal.flush()
  expect(log.actions().filter((each) => each.startsWith('gap'))).toContain('gap lost')
})

test('a journal that goes on after another asks only for what is new', async () => {
  await using engine = await ScriptedEngine.start()
  engine.emit('create')
  const first = open(engine.socketPath)
  await first.journal.flush()
  await first[Symbol.asyncDispose]()
  engine.emit('start')
  await using second = open(engine.socketPath, { earlier: first.rows })
  await second.journal.flush()
  expect(second.rows).toMatchObject([{ seq: 2, action: 'start' }])
})

test('an event with a line too long is a gap, not a hole', async () => {
  await using engine = await ScriptedEngine.start()
  await using log = open(engine.socketPath)
  engine.emit('create')
  engine.emit('kill', { labels: { huge: 'x'.repeat(5_000_000) } })
  await log.journal.flush()
  expect(log.actions()).toContain('gap flood')
})

test('rows that could not be kept are given again', async () => {
  await using engine = await ScriptedEngine.start()
  let full = true
  await using log = open(engine.socketPath, {
    append: async () => void (full && (await Promise.reject(new Error('no room')))),
  })
  engine.emit('create')
  await expect(log.journal.flush()).rejects.toThrow('no room')
  full = false
  await log.journal.flush()
  expect(log.actions()).toEqual(['create'])
})

test('a flush fails when the engine is gone', async () => {
  const engine = await ScriptedEngine.start()
  await using log = open(engine.socketPath)
  await log.journal.flush()
  await engine[Symbol.asyncDispose]()
  await expect(log.journal.flush()).rejects.toMatchObject({ code: 'student-engine-down' })
})

test('a mark has its place among the rows, and is there when it resolves', async () => {
  await using engine = await ScriptedEngine.start()
  await using log = open(engine.socketPath)
  engine.emit('create')
  await log.journal.flush()
  await log.journal.mark('freeze', 1_763_000_000_123)
  await log.journal.mark('thaw', 1_763_000_000_423)
  const marks = log.rows.slice(1)
  expect(marks).toMatchObject([
    { kind: 'mark', seq: 2, reason: 'freeze' },
    { kind: 'mark', seq: 3, reason: 'thaw' },
  ])
  const [freeze, thaw] = marks.map((row) => BigInt(row.timeNano))
  expect(Number((thaw ?? 0n) - (freeze ?? 0n))).toBe(300_000_000)
  engine.emit('start')
  await log.journal.flush()
  expect(log.rows.at(-1)).toMatchObject({ seq: 4, action: 'start' })
})

test('after a reset another engine speaks, which forgot nothing', async () => {
  await using engine = await ScriptedEngine.start()
  engine.emit('create')
  const first = open(engine.socketPath)
  await first.journal.flush()
  await first[Symbol.asyncDispose]()
  engine.cut(true)
  engine.emit('start')
  const reset = { kind: 'mark', seq: 2, timeNano: '1763000000000000000', reason: 'reset', since: 1 } as const
  await using second = open(engine.socketPath, { earlier: [...first.rows, reset] })
  await second.journal.flush()
  expect(second.rows).toMatchObject([{ kind: 'event', seq: 3, action: 'start' }])
})

test('events dated in the future are a gap in their place: what follows is told as before', async () => {
  await using engine = await ScriptedEngine.start()
  await using log = open(engine.socketPath)
  engine.emit('create')
  await log.journal.flush()
  engine.emit('kill', { aheadMs: 3_600_000 })
  engine.emit('die', { aheadMs: 7_200_000 })
  await expect.poll(log.actions).toEqual(['create', 'kill', 'die'])
  await log.journal.flush()
  expect(log.actions()).toEqual(['create', 'kill', 'die', 'gap clock'])
  expect(log.rows.at(-1)).toMatchObject({ seq: 4, since: 3 })
  await log.journal.flush()
  for (const action of ['start', 'die', 'destroy']) {
    engine.emit(action)
    await log.journal.flush()
  }
  expect(inOrder(log.rows).map(nameOf)).toEqual([
    'create',
    'kill',
    'die',
    'gap clock',
    'start',
    'die',
    'destroy',
  ])
})

test('a gap of the clock stands where the clock was ahead, also when events came since and were then lost', async () => {
  await using engine = await ScriptedEngine.start()
  await using log = open(engine.socketPath)
  engine.emit('create')
  await log.journal.flush()
  engine.emit('kill', { aheadMs: 3_600_000 })
  engine.emit('start')
  await expect.poll(log.actions).toEqual(['create', 'kill', 'start'])
  await log.journal.flush()
  engine.emit('die')
  await log.journal.flush()
  expect(inOrder(log.rows).map(nameOf)).toEqual(['create', 'kill', 'gap clock', 'start', 'die'])
  engine.cut(true)
  await log.journal.flush()
  expect(log.actions().at(-1)).toBe('gap lost')
})

test('a journal that goes on after one whose clock was set back asks for what is new, and marks nothing twice', async () => {
  await using engine = await ScriptedEngine.start()
  const first = open(engine.socketPath)
  engine.emit('create')
  engine.emit('kill', { aheadMs: 3_600_000 })
  await expect.poll(first.actions).toEqual(['create', 'kill'])
  await first.journal.flush()
  await first[Symbol.asyncDispose]()
  engine.emit('start')
  await using second = open(engine.socketPath, { earlier: first.rows })
  await second.journal.flush()
  expect(second.rows.map(nameOf)).toEqual(['start'])
})
