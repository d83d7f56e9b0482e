import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

/** The code of a question, answered so. */
async function code(expected: object, value?: string): Promise<string> {
  machine.answers.clear()
  if (value !== undefined) machine.answer('field', value)
  return (await machine.check('answer', { field: 'field', expected })).code
}

test('text and numbers, however they are written', async () => {
  expect(await code({ kind: 'text', value: 'address-only' })).toBe('answer-missing')
  expect(await code({ kind: 'text', value: 'address-only' }, '  ')).toBe('answer-missing')
  expect(await code({ kind: 'text', value: 'address-only' }, ' Address-Only ')).toBe('passed')
  expect(await code({ kind: 'text', any: ['one', 'two words'] }, '"two   words"')).toBe('passed')
  expect(await code({ kind: 'text', any: ['one', 'two'] }, 'three')).toBe('answer-wrong')
  expect(await code({ kind: 'text' }, '')).toBe('answer-missing')
  expect(await code({ kind: 'number', value: 10, tolerance: 1 }, '10,4 s')).toBe('passed')
  expect(await code({ kind: 'number', value: 10, tolerance: 1 }, '11.5')).toBe('answer-wrong')
  expect(await code({ kind: 'number', value: 10 }, 'ten')).toBe('answer-wrong')
})

test('a wrong answer is not told the right one', async () => {
  machine.answer('field', 'wrong')
  const verdict = await machine.check('answer', {
    field: 'field',
    expected: { kind: 'text', value: 'the secret' },
  })
  expect(verdict.code).toBe('answer-wrong')
  expect(JSON.stringify(verdict)).not.toContain('secret')
})

test('three ways to 137', async () => {
  const limited = { Memory: 32 << 20, MemorySwap: 32 << 20 }
  const [worker, decoy, murdered] = [machine.name('worker'), machine.name('decoy'), machine.name('murdered')]
  const eaten = await machine.run({ image: 'lab/eater:1', name: 'worker', host: limited })
  const faked = await machine.run({
    image: 'busybox:1',
    name: 'decoy',
    command: ['sh', '-c', 'exit 137'],
    host: limited,
  })
  const killed = await machine.run({
    image: 'busybox:1',
    name: 'murdered',
    command: ['sleep', '600'],
    host: limited,
  })
  await killed.kill()
  await Promise.all([eaten.wait(), faked.wait(), killed.wait()])
  expect(await code({ kind: 'cause-of-death', container: worker }, 'oom')).toBe('passed')
  expect(await code({ kind: 'cause-of-death', container: decoy }, 'exited')).toBe('passed')
  expect(await code({ kind: 'cause-of-death', container: decoy }, 'oom')).toBe('answer-wrong')
  expect(
    await code({ kind: 'cause-of-death', container: murdered, as: { killed: 'someone' } }, 'someone'),
  ).toBe('passed')
  const which = { kind: 'which', among: [worker, decoy, murdered], cause: 'oom' }
  expect(await code(which, decoy)).toBe('answer-wrong')
  expect(await code(which, worker)).toBe('passed')
  await eaten.remove()
  await machine.create({ image: 'busybox:1', name: 'worker' })
  expect(await code(which, worker)).toBe('passed')
  expect(await code({ kind: 'cause-of-death', container: machine.name('nobody') }, 'oom')).toBe(
    'fixture-missing',
  )
})

test('an address on a network', async () => {
  const box = await machine.run({ image: 'busybox:1', name: 'api', command: ['sleep', '600'] })
  const expected = { kind: 'ip', container: machine.name('api'), network: 'bridge' }
  const { NetworkSettings } = await box.inspect()
  expect(await code(expected, NetworkSettings.Networks.bridge?.IPAddress ?? '')).toBe('passed')
  expect(await code(expected, '10.9.8.7')).toBe('answer-wrong')
  await box.stop({ t: 0 })
  expect(await code(expected, '10.9.8.7')).toBe('container-not-running')
  expect(await code({ ...expected, container: machine.name('nobody') }, '10.9.8.7')).toBe('object-missing')
})

test('the first process and how long the stop took', async () => {
  const container = machine.name('slow')
  const box = await machine.run({ image: 'lab/slow:1', name: 'slow' })
  await machine.logged(box, /ready/)
  for (const value of ['/bin/sh -c /app.sh', '/bin/sh', 'sh'])
    expect(await code({ kind: 'pid1', container }, value)).toBe('passed')
  expect(await code({ kind: 'pid1', container }, '/app.sh')).toBe('answer-wrong')
  const seconds = { kind: 'stop-seconds', container, tolerance: 0.8 }
  expect(await code(seconds, '2')).toBe('not-measured')
  await box.stop({ t: 2 })
  expect(await code(seconds, '2')).toBe('passed')
  expect(await code(seconds, '10')).toBe('answer-wrong')
  expect(await code({ kind: 'pid1', container }, 'sh')).toBe('passed')
  expect(await code({ kind: 'pid1', container }, 'app.sh')).toBe('answer-wrong')
  expect(await machine.leftBehind(box.id)).toEqual([])
})

test('behind an init, only a running container tells its first process', async () => {
  const container = machine.name('third')
  const box = await machine.run({
    image: 'busybox:1',
    name: 'third',
    command: ['sleep', '600'],
    host: { Init: true },
  })
  expect(await code({ kind: 'pid1', container }, 'docker-init')).toBe('passed')
  expect(await code({ kind: 'pid1', container }, 'sleep 600')).toBe('answer-wrong')
  await box.stop({ t: 1 })
  expect(await code({ kind: 'pid1', container }, 'docker-init')).toBe('container-not-running')
})

test('a field', async () => {
  await machine.create({ image: 'busybox:1', name: 'made', options: { User: '1000' } })
  const field = { kind: 'field', ref: machine.name('made') }
  expect(await code({ ...field, path: 'Config.User' }, '1000')).toBe('passed')
  expect(await code({ ...field, path: 'State.Pid' }, '0')).toBe('passed')
  expect(await code({ ...field, path: 'State.Pid' }, '1')).toBe('answer-wrong')
  expect(await code({ ...field, path: 'State.Nothing' }, '1')).toBe('not-measured')
  expect(await code({ ...field, ref: machine.name('nobody'), path: 'State.Pid' }, '1')).toBe('object-missing')
})
