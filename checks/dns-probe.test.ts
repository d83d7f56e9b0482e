import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

const idle = ['sleep', '600']

async function dns(params: object) {
  return machine.check('dns_probe', {
    from: machine.name('api'),
    to: machine.name('db'),
    name: machine.name('db'),
    ...params,
  })
}

test('a name is known on a network that a user made, and follows its container', async () => {
  const api = await machine.run({ image: 'busybox:1', name: 'api', command: idle })
  let db = await machine.run({ image: 'busybox:1', name: 'db', command: idle })
  expect((await dns({})).code).toBe('no-shared-network')
  const net = await machine.network('app-net')
  await net.connect({ Container: api.id })
  expect((await dns({})).code).toBe('no-shared-network')
  expect((await dns({ to: undefined, absent: true })).code).toBe('passed')
  await net.connect({ Container: db.id, EndpointConfig: { Aliases: ['database'] } })
  expect((await dns({})).code).toBe('passed')
  expect((await dns({ network: machine.name('app-net') })).code).toBe('passed')
  expect((await dns({ network: 'other-net' })).code).toBe('no-shared-network')
  expect((await dns({ name: 'database' })).code).toBe('passed')
  expect((await dns({ name: 'datenbank' })).code).toBe('name-unresolved')
  expect((await dns({ to: undefined, absent: true })).code).toBe('name-visible')

  await db.remove({ force: true })
  expect((await dns({})).code).toBe('object-missing')
  const other = await machine.run({ image: 'busybox:1', name: 'other', command: idle })
  await net.connect({ Container: other.id, EndpointConfig: { Aliases: ['database'] } })
  db = await machine.run({ image: 'busybox:1', name: 'db', command: idle })
  await net.connect({ Container: db.id })
  expect((await dns({})).code).toBe('passed')
  expect((await dns({ name: 'database' })).code).toBe('name-stale')
  await db.stop({ t: 0 })
  expect((await dns({})).code).toBe('container-not-running')
  await db.start()
  await api.stop({ t: 0 })
  expect((await dns({})).code).toBe('container-not-running')
  for (const box of [api, db, other]) await box.remove({ force: true })
  expect(await machine.leftBehind(api.id)).toEqual([])
})

test('an edited hosts file, a link and the host network do not help', async () => {
  const net = await machine.network('net2')
  const db = await machine.run({ image: 'busybox:1', name: 'db', command: idle })
  const address = (await db.inspect()).NetworkSettings.Networks.bridge?.IPAddress
  const hosts = await machine.run({
    image: 'busybox:1',
    name: 'hosts',
    command: idle,
    host: { ExtraHosts: [`${machine.name('db')}:${address}`] },
  })
  expect((await dns({ from: machine.name('hosts') })).code).toBe('no-shared-network')
  await net.connect({ Container: hosts.id })
  expect((await dns({ from: machine.name('hosts') })).code).toBe('no-shared-network')
  await machine.run({
    image: 'busybox:1',
    name: 'linked',
    command: idle,
    host: { Links: [`${machine.name('db')}:db`] },
  })
  expect((await dns({ from: machine.name('linked'), name: 'db' })).code).toBe('no-shared-network')
  await machine.run({
    image: 'busybox:1',
    name: 'hosted',
    command: idle,
    host: { NetworkMode: 'host', UsernsMode: 'host' },
  })
  expect((await dns({ from: machine.name('hosted') })).code).toBe('host-network-used')
  await net.connect({ Container: db.id })
  const link = { [machine.name('net2')]: { Links: [`${machine.name('db')}:shortcut`] } }
  await machine.create({
    image: 'busybox:1',
    name: 'shortcut',
    command: idle,
    options: { NetworkingConfig: { EndpointsConfig: link } },
    host: { NetworkMode: machine.name('net2') },
  })
  await machine.docker.getContainer(machine.name('shortcut')).start()
  expect((await dns({ from: machine.name('shortcut'), name: 'shortcut' })).code).toBe('name-not-registered')
  for (const name of ['hosts', 'db', 'shortcut'])
    await machine.docker.getContainer(machine.name(name)).remove({ force: true })
})
