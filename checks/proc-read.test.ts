import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

const read = async (params: object) =>
  machine.check('proc_read', { container: machine.name('ghost'), ...params })

test('command line, environment, process ids and listeners, also of a user who is not root', async () => {
  const ghost = await machine.run({
    image: 'busybox:1',
    name: 'ghost',
    command: ['sh', '-c', 'echo up; nc -l -p 80 & exec sleep 7331'],
    options: { Env: ['MODE=prod'], User: '1000:1000' },
  })
  await machine.logged(ghost, /up/)
  expect((await read({ read: 'cmdline', matches: '^sleep 7331$' })).code).toBe('passed')
  expect((await read({ read: 'environ', matches: '^MODE=prod$', lacks: '^DB_URL=' })).code).toBe('passed')
  expect((await read({ read: 'environ', matches: '^MODE=dev$' })).code).toBe('proc-missing')
  expect((await read({ read: 'environ', lacks: '^MODE=' })).code).toBe('proc-unexpected')
  const pids = await read({
    read: 'status',
    field: 'NSpid',
    matches: `^${(await ghost.inspect()).State.Pid} .*\\b1$`,
  })
  expect(pids.code, pids.message).toBe('passed')
  expect((await read({ read: 'status', field: 'Nothing', matches: '.' })).code).toBe('proc-missing')
  expect((await read({ container: machine.name('no'), read: 'cmdline', matches: '.' })).code).toBe(
    'object-missing',
  )
  const listens = await machine.run({
    image: 'busybox:1',
    name: 'web',
    command: ['httpd', '-f', '-p', '127.0.0.1:8080'],
  })
  const listeners = async () =>
    (await read({ container: machine.name('web'), read: 'listeners', matches: '^127.0.0.1:8080$' })).code
  await expect.poll(listeners, { timeout: 10_000 }).toBe('passed')
  await listens.stop({ t: 0 })
  expect(await listeners()).toBe('container-not-running')
  await ghost.remove({ force: true })
})

test('which namespaces are shared with another container, and which with the engine', async () => {
  const ghost = await machine.run({ image: 'busybox:1', name: 'ghost', command: ['sleep', '600'] })
  const joined = `container:${ghost.id}`
  await machine.run({
    image: 'busybox:1',
    name: 'sidecar',
    command: ['sleep', '600'],
    host: { NetworkMode: joined, PidMode: joined },
  })
  const sidecar = { container: machine.name('sidecar'), read: 'namespace' }
  const other = { container: machine.name('ghost') }
  expect((await read({ ...sidecar, namespaces: ['net', 'pid'], same_as: other })).code).toBe('passed')
  expect((await read({ ...sidecar, namespaces: ['mnt'], differs_from: other })).code).toBe('passed')
  expect((await read({ ...sidecar, namespaces: ['net', 'mnt'], same_as: other })).code).toBe('ns-not-shared')
  expect((await read({ ...sidecar, namespaces: ['mnt', 'net'], differs_from: other })).code).toBe('ns-shared')
  expect(
    (await read({ ...sidecar, namespaces: ['net', 'pid', 'uts', 'mnt', 'ipc'], differs_from: 'engine' }))
      .code,
  ).toBe('passed')
  expect((await read({ ...sidecar, namespaces: ['time'], same_as: 'engine' })).code).toBe('passed')
  expect((await read({ ...sidecar, namespaces: ['net'], same_as: 'engine' })).code).toBe('ns-not-shared')
  expect(
    (await read({ ...sidecar, namespaces: ['net'], same_as: { container: machine.name('no') } })).code,
  ).toBe('object-missing')
  expect(await machine.leftBehind(ghost.id)).toEqual([])
})
