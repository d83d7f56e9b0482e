import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

test('a port is open, refused, or silent', async () => {
  const tcp = async (params: object) =>
    (
      await machine.check('tcp_probe', {
        from: machine.name('api'),
        to: machine.name('db'),
        network: 'bridge',
        port: 5432,
        ...params,
      })
    ).code
  const listen = 'while :; do nc -l -p 5432 < /dev/null; done'
  const api = await machine.run({ image: 'busybox:1', name: 'api', command: ['sleep', '600'] })
  const db = await machine.run({ image: 'busybox:1', name: 'db', command: ['sh', '-c', listen] })
  await expect.poll(() => tcp({}), { timeout: 10_000 }).toBe('passed')
  expect(await tcp({ expect: 'refused' })).toBe('reachable')
  expect(await tcp({ port: 81 })).toBe('unreachable')
  expect(await tcp({ port: 81, expect: 'refused' })).toBe('passed')
  expect(await tcp({ port: 81, expect: 'timeout' })).toBe('wrong-failure')
  expect(await tcp({ network: 'nowhere' })).toBe('no-address')
  expect(await tcp({ to: machine.name('nobody') })).toBe('object-missing')
  const net = await machine.network('away')
  await net.connect({ Container: db.id })
  expect(await tcp({ network: machine.name('away'), expect: 'timeout' })).toBe('passed')
  await api.stop({ t: 0 })
  expect(await tcp({})).toBe('container-not-running')
  await db.remove({ force: true })
  expect(await machine.leftBehind(api.id)).toEqual([])
})
