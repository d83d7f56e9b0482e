import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JournalMark, JournalRow } from './check.ts'
import { events } from './events.ts'
import { inOrder } from './journal-rows.ts'
import { clockGap, killedByKernel, row, rowGap } from './testing/recorded.ts'
import { StudentMachine } from './testing/student-machine.ts'

const oom = {
  expect: [{ action: 'oom' }, { action: 'die', attributes: { exitCode: '137' } }],
  within_ms: 5_000,
  forbid: [{ action: 'kill' }],
}
const limited = { Memory: 32 << 20, MemorySwap: 32 << 20 }

describe('on a real engine', () => {
  let machine: StudentMachine
  beforeAll(async () => {
    machine = await StudentMachine.start()
  })
  afterAll(() => machine[Symbol.asyncDispose]())
  const code = async (name: string, params: object) =>
    (await machine.check('events', { container: machine.name(name), ...params })).code

  test('a kill by the kernel passes', async () => {
    const box = await machine.run({ image: 'lab/eater:1', name: 'eaten', host: limited })
    await box.wait()
    expect(await code('eaten', oom)).toBe('passed')
    expect(await code('eaten', { ...oom, window: 'always', forbid: [{ action: 'update' }] })).toBe('passed')
  })

  test('docker kill is no kill by the kernel', async () => {
    const box = await machine.run({
      image: 'busybox:1',
      name: 'murdered',
      command: ['sleep', '600'],
      host: limited,
    })
    await box.kill()
    await box.wait()
    expect(await code('murdered', oom)).toBe('event-forbidden')
  })

  test('nor is a stop that ends in SIGKILL', async () => {
    const box = await machine.run({
      image: 'busybox:1',
      name: 'stopped',
      command: ['sleep', '600'],
      host: limited,
    })
    await box.stop({ t: 1 })
    expect(await code('stopped', oom)).toBe('event-forbidden')
  })

  test('nor an exit code that was made up', async () => {
    const box = await machine.run({
      image: 'busybox:1',
      name: 'faked',
      command: ['sh', '-c', 'exit 137'],
      host: limited,
    })
    await box.wait()
    expect(await code('faked', oom)).toBe('event-missing')
  })

  test('nor a child killed inside, whose status the shell passes on', async () => {
    const script = 'sleep 600 & kill -9 $!; wait $!; exit $?'
    const box = await machine.run({
      image: 'busybox:1',
      name: 'inside',
      command: ['sh', '-c', script],
      host: limited,
    })
    expect((await box.wait()).StatusCode).toBe(137)
    expect(await code('inside', oom)).toBe('event-missing')
  })

  test('nor a child killed by the kernel and then docker kill', async () => {
    const script = 'tail /dev/zero; echo survived; sleep 600'
    const box = await machine.run({
      image: 'busybox:1',
      name: 'both',
      command: ['sh', '-c', script],
      host: limited,
    })
    await machine.logged(box, /survived/)
    await box.kill()
    await box.wait()
    expect(await code('both', oom)).toBe('event-forbidden')
  })

  test('nor a child killed by the kernel long before the end', async () => {
    const script = 'tail /dev/zero; sleep 2; exit 137'
    const box = await machine.run({
      image: 'busybox:1',
      name: 'apart',
      command: ['sh', '-c', script],
      host: limited,
    })
    await box.wait()
    expect(await code('apart', { ...oom, within_ms: 1_000 })).toBe('events-apart')
  })

  test('a limit set afterwards shows', async () => {
    const box = await machine.run({ image: 'busybox:1', name: 'later', command: ['true'] })
    await box.wait()
    await box.update({ Memory: 32 << 20, MemorySwap: 32 << 20 })
    expect(await code('later', { window: 'always', forbid: [{ action: 'update' }] })).toBe('event-forbidden')
  })

  test('a container that was never there, or never started', async () => {
    expect(await code('nobody', oom)).toBe('object-missing')
    await machine.create({ image: 'busybox:1', name: 'created', command: ['true'] })
    expect(await code('created', oom)).toBe('never-started')
  })

  test('a restart counts, order counts, lives are told apart', async () => {
    const box = await machine.run({ image: 'busybox:1', name: 'twice', command: ['true'] })
    await box.wait()
    expect(await code('twice', { window: 'always', expect: [{ action: 'start', max: 1 }] })).toBe('passed')
    await box.start()
    await box.wait()
    expect(await code('twice', { window: 'always', expect: [{ action: 'start', max: 1 }] })).toBe(
      'event-too-many',
    )
    expect(await code('twice', { expect: [{ action: 'die' }, { action: 'start' }], ordered: true })).toBe(
      'order-wrong',
    )
    expect(await code('twice', { expect: [{ action: 'start' }, { action: 'die' }], ordered: true })).toBe(
      'passed',
    )
    expect(await code('twice', { expect: [{ action: 'start', max: 1 }] })).toBe('passed')
  })

  test('a removed container is found by its name, and the first of two', async () => {
    const first = await machine.run({ image: 'busybox:1', name: 'again', command: ['sh', '-c', 'exit 3'] })
    await first.wait()
    await first.remove()
    const died = (exitCode: string) => ({ expect: [{ action: 'die', attributes: { exitCode } }] })
    expect(await code('again', died('3'))).toBe('passed')
    const second = await machine.run({ image: 'busybox:1', name: 'again', command: ['sh', '-c', 'exit 4'] })
    await second.wait()
    expect(await code('again', died('4'))).toBe('passed')
    expect(await code('again', died('3'))).toBe('event-missing')
    expect(await code('again', { which: 'first', ...died('3') })).toBe('passed')
  })

  test('a network joined', async () => {
    const network = await machine.network('net')
    const box = await machine.run({ image: 'busybox:1', name: 'member', command: ['sleep', '600'] })
    const joined = {
      window: 'always',
      expect: [{ type: 'network', action: 'connect', attributes: { name: machine.name('net') } }],
    }
    expect(await code('member', joined)).toBe('event-missing')
    await network.connect({ Container: box.id })
    expect(await code('member', joined)).toBe('passed')
    await box.remove({ force: true })
  })
})

describe('on recorded evidence', () => {
  const params = events.params.parse({ container: 'mine', ...oom })
  const judge = (rows: ReturnType<typeof killedByKernel>) =>
    events.judge({ id: 'a', rows, tooMany: false }, params)

  test('the die event may come before the oom event', () => {
    const rows = [row('create', 0), row('start', 1), row('die', 900, { exitCode: '137' }), row('oom', 901)]
    expect(judge(rows).status).toBe('passed')
  })

  test('only the last life counts', () => {
    expect(judge([...killedByKernel(), row('start', 5_000), row('die', 6_000, { exitCode: '0' })]).code).toBe(
      'event-missing',
    )
  })

  test('where events may be missing nothing passes, and nothing is held against the student', () => {
    const [create, start, ...rest] = killedByKernel()
    const gap = rowGap('lost', 50)
    expect(judge([create, start, gap, ...rest] as typeof rest)).toMatchObject({
      status: 'broken',
      code: 'journal-gap',
    })
    expect(judge([create, start, gap] as typeof rest)).toMatchObject({
      status: 'broken',
      code: 'journal-gap',
    })
    expect(judge([gap, create, start, ...rest] as typeof rest).status).toBe('passed')
    expect(judge([create, start, rowGap('exec-flood', 50), ...rest] as typeof rest).status).toBe('passed')
    expect(judge([...killedByKernel(), rowGap('full', 9_000)]).code).toBe('journal-gap')
    expect(judge(rest).code).toBe('journal-gap')
  })

  test('where the clock was set back nothing is said of the life concerned, and all of the next', () => {
    const [create, start, oomed, died] = killedByKernel() as [JournalRow, JournalRow, JournalRow, JournalRow]
    const ahead = row('kill', 3_600_000, { signal: '9' })
    const doubtful = [create, start, oomed, ahead, died, clockGap(ahead, 200)]
    expect(judge(inOrder(doubtful) as never)).toMatchObject({ status: 'broken', code: 'journal-gap' })
    const next = [row('start', 300), row('oom', 400), row('die', 430, { exitCode: '137' })]
    const passes = judge(inOrder([...doubtful, ...next]) as never)
    expect(passes).toMatchObject({ status: 'passed' })
    // No time of this journal can be compared with another.
    expect(passes).not.toHaveProperty('moment')
    const killed = [row('start', 500), row('kill', 600), row('die', 610, { exitCode: '137' })]
    expect(judge(inOrder([...doubtful, ...next, ...killed]) as never).code).toBe('event-forbidden')
    const anyLife = { ...params, window: 'any-life' } as const
    const all = inOrder([...doubtful, ...next, ...killed])
    expect(events.judge({ id: 'a', rows: all, tooMany: false }, anyLife)).toMatchObject({ status: 'passed' })
    const always = { ...params, window: 'always' } as const
    expect(events.judge({ id: 'a', rows: all, tooMany: false }, always)).toMatchObject({ status: 'broken' })
  })

  test('time in which Drydock held the machine still does not part events', () => {
    const rows = [row('create', 0), row('start', 1), row('oom', 100), row('die', 7_100, { exitCode: '137' })]
    const mark = (reason: 'freeze' | 'thaw', ms: number): JournalMark => {
      return { kind: 'mark', seq: 0, timeNano: row('start', ms).timeNano, reason }
    }
    const judgeWith = (marks: JournalMark[]) =>
      events.judge(
        { id: 'a', rows: [...rows.slice(0, 3), ...marks, ...rows.slice(3)], tooMany: false },
        params,
      )
    expect(judgeWith([])).toMatchObject({ code: 'events-apart' })
    expect(judgeWith([mark('freeze', 200), mark('thaw', 3_200)])).toMatchObject({ status: 'passed' })
  })

  test('the moment is that of the last event asked for', () => {
    const rows = killedByKernel()
    const die = rows.at(-1)?.timeNano
    expect(judge(rows)).toMatchObject({ moment: die })
    const later = events.judge({ id: 'a', rows: [...rows, row('destroy', 900)], tooMany: false }, params)
    expect(later).toMatchObject({ status: 'passed', moment: die })
    expect(events.hasMoment?.(params)).toBe(true)
    expect(events.hasMoment?.({ ...params, expect: [] })).toBe(false)
  })
})
