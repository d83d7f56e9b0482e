import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

test('counts lines of one stream or both', async () => {
  const script = 'echo working; echo done; echo oops >&2'
  const box = await machine.run({ image: 'busybox:1', name: 'mine', command: ['sh', '-c', script] })
  await box.wait()
  const code = async (params: object) =>
    (await machine.check('log_match', { container: machine.name('mine'), ...params })).code
  expect(await code({ matches: '^done$' })).toBe('passed')
  expect(await code({ matches: '^done$', stream: 'stderr' })).toBe('log-missing')
  expect(await code({ matches: '^oops$', stream: 'stderr' })).toBe('passed')
  expect(await code({ matches: 'o', min: 3 })).toBe('passed')
  expect(await code({ matches: 'oops', min: 0, max: 0 })).toBe('log-unexpected')
  expect((await machine.check('log_match', { container: machine.name('nobody'), matches: '.' })).code).toBe(
    'object-missing',
  )
})

test('reads a terminal, and a log that is gone', async () => {
  const tty = await machine.run({
    image: 'busybox:1',
    name: 'tty',
    command: ['echo', 'hello'],
    options: { Tty: true },
  })
  await tty.wait()
  expect(
    (await machine.check('log_match', { container: machine.name('tty'), matches: '^hello$' })).code,
  ).toBe('passed')
  const none = await machine.run({
    image: 'busybox:1',
    name: 'none',
    command: ['echo', 'hello'],
    host: { LogConfig: { Type: 'none', Config: {} } },
  })
  await none.wait()
  expect(
    (await machine.check('log_match', { container: machine.name('none'), matches: '^hello$' })).code,
  ).toBe('log-missing')
})

test('a log that is not kept proves nothing', async () => {
  const host = { LogConfig: { Type: 'none', Config: {} } }
  const box = await machine.run({ image: 'busybox:1', name: 'unkept', command: ['echo', 'hello'], host })
  await box.wait()
  const params = { container: machine.name('unkept'), matches: '^oops$', min: 0, max: 0 }
  expect((await machine.check('log_match', params)).code).toBe('log-missing')
})

test('a log of any length is read at its end', async () => {
  const script =
    'yes 0123456789012345678901234567890123456789 | head -c 8000000; head -c 100000 /dev/zero | tr "\\0" x; echo; echo last'
  const box = await machine.run({ image: 'busybox:1', name: 'long', command: ['sh', '-c', script] })
  await box.wait()
  expect(
    (await machine.check('log_match', { container: machine.name('long'), matches: '^last$' })).code,
  ).toBe('passed')
})
