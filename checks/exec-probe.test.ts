import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

const idle = ['sleep', '600']

async function exec(argv: string[], params: object = {}) {
  return machine.check('exec_probe', { container: machine.name('app'), argv, ...params })
}

test('a program in the container of the student', async () => {
  const app = await machine.run({
    image: 'busybox:1',
    name: 'app',
    command: idle,
    options: { Env: ['MODE=prod'] },
  })
  const environ = ['/bin/sh', '-c', 'tr "\\0" "\\n" < /proc/1/environ']
  expect((await exec(environ, { expect: { stdout: { matches: '^MODE=prod$' } } })).code).toBe('passed')
  expect((await exec(environ, { expect: { stdout: { matches: '^MODE=dev$' } } })).code).toBe('output-missing')
  expect((await exec(environ, { expect: { stdout: { lacks: 'MODE' } } })).code).toBe('output-unexpected')
  expect(
    (await exec(['/bin/id', '-u'], { user: '1000', expect: { stdout: { matches: '^1000$' } } })).code,
  ).toBe('passed')
  expect((await exec(['/bin/false'])).code).toBe('exit-wrong')
  expect((await exec(['/no/such'])).code).toBe('not-started')
  expect((await exec(['/no/such'], { expect: { exit: { min: 126, max: 127 } } })).code).toBe('passed')
  const babble = await exec(['/bin/yes'], { timeout_ms: 3_000 })
  expect(babble.code).toBe('not-ended')
  expect((await exec(['/bin/sleep', '77'], { timeout_ms: 300 })).code).toBe('not-ended')
  // What did not end in time was killed.
  const { Processes } = (await app.top()) as { Processes: string[][] }
  expect(Processes.map((each) => each.at(-1))).toEqual(['sleep 600'])
  expect(await machine.leftBehind(app.id)).toEqual([])

  await app.pause()
  expect((await exec(['/bin/true'])).code).toBe('container-not-running')
  await app.unpause()
  await app.stop({ t: 0 })
  expect((await exec(['/bin/true'])).code).toBe('container-not-running')
  expect(
    (await machine.check('exec_probe', { container: machine.name('nobody'), argv: ['/bin/true'] })).code,
  ).toBe('object-missing')
})

test('an exec of a check is none of the student', async () => {
  const kept = await machine.run({ image: 'busybox:1', name: 'kept', command: idle })
  const container = machine.name('kept')
  const journal = async (expected: object[]) =>
    (await machine.check('events', { container, expect: expected })).code
  const create = { action: 'exec_create: /bin/cat /etc/passwd' }
  const done = { action: 'exec_die', attributes: { exitCode: '0' } }
  const probe = { container, argv: ['/bin/cat', '/etc/passwd'] }
  expect((await machine.check('exec_probe', probe)).code).toBe('passed')
  expect(await journal([create])).toBe('event-missing')
  expect(await journal([{ action: 'exec_start' }])).toBe('event-missing')
  expect(await journal([done])).toBe('event-missing')
  const own = await kept.exec({ Cmd: ['/bin/cat', '/etc/passwd'], AttachStdout: true })
  const stream = await own.start({})
  stream.resume()
  await new Promise((resolve) => stream.once('end', resolve))
  await expect.poll(() => journal([create, done])).toBe('passed')
})
