import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpProbe } from './http-probe.ts'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
  const net = await machine.network('front')
  const serve = (address: string) => [
    'sh',
    '-c',
    `mkdir /w; echo 'ahoy v1' > /w/index.html; echo up; exec httpd -f -h /w -p ${address}`,
  ]
  const until80 = "until grep -q ':0050 0.*0A ' /proc/net/tcp /proc/net/tcp6; do :; done"
  const ExposedPorts = { '80/tcp': {}, '81/tcp': {} }
  const ports = (HostIp: string) => ({ '80/tcp': [{ HostIp, HostPort: '0' }] })
  const open = await machine.run({
    image: 'busybox:1',
    name: 'open',
    command: serve('80'),
    options: { ExposedPorts },
    host: { PortBindings: ports('') },
  })
  const shy = await machine.run({
    image: 'busybox:1',
    name: 'shy',
    command: serve('127.0.0.1:80'),
    options: { ExposedPorts },
    host: { PortBindings: ports('127.0.0.1') },
  })
  const mute = await machine.run({
    image: 'busybox:1',
    name: 'mute',
    // The kernel takes connections for it, but it stands still.
    command: ['sh', '-c', `nc -l -p 80 & ${until80}; kill -STOP $!; echo up; wait`],
  })
  const curt = await machine.run({
    image: 'busybox:1',
    name: 'curt',
    command: [
      'sh',
      '-c',
      `echo up; while :; do nc -l -p 80 < /dev/null > /dev/null; done & ${until80}; wait`,
    ],
  })
  for (const each of [open, shy, mute, curt]) await machine.logged(each, /up/)
  await net.connect({ Container: open.id })
})
afterAll(() => machine[Symbol.asyncDispose]())

const get = async (params: Record<string, unknown>) => machine.check('http_probe', params)
const on = (name: string, network = 'bridge') => ({ container: machine.name(name), network })

test('a published port answers on the machine, another does not', async () => {
  const to = { published: machine.name('open') }
  const answered = await get({ to, matches: '^ahoy v1$' })
  expect(answered).toMatchObject({ code: 'passed' })
  expect(answered.evidence.map((each) => each.observed)).toEqual(['status 200', 'ahoy v1'])
  expect((await get({ to, matches: '^ahoy v2$' })).code).toBe('http-body')
  expect((await get({ to, lacks: 'v1' })).code).toBe('http-body')
  expect((await get({ to, path: '/nothing' })).code).toBe('http-status')
  expect((await get({ to, path: '/nothing', status: [403, 404] })).code).toBe('passed')
  expect((await get({ to, fails: 'refused' })).code).toBe('http-answered')
  expect((await get({ to, port: 81 })).code).toBe('not-published')
})

test('who listens on the loopback only is reached from its own network only', async () => {
  expect((await get({ to: on('shy') })).code).toBe('http-refused')
  expect((await get({ to: on('shy'), fails: 'timeout' })).code).toBe('wrong-failure')
  const inside = { from: { container: machine.name('shy') }, to: { host: '127.0.0.1' } }
  expect((await get(inside)).code).toBe('passed')
  expect((await get({ to: { gateway: 'bridge' }, port: 9, fails: 'refused' })).code).toBe('passed')
})

test('a connection that is made and not used', async () => {
  expect((await get({ to: on('curt'), fails: ['reset', 'closed'] })).code).toBe('passed')
  const params = httpProbe.params.parse({ to: on('curt') }) as never
  const route = { kind: 'way', network: { kind: 'engine' }, url: 'http://x/' } as const
  for (const failure of ['reset', 'closed'] as const)
    expect(httpProbe.judge({ route, answer: { failure } }, params).code).toBe(`http-${failure}`)
})

test('from a network, by name; by a name that is unknown; to one that says nothing', async () => {
  const from = { network: machine.name('front') }
  expect((await get({ from, to: { host: machine.name('open') } })).code).toBe('passed')
  expect((await get({ from, to: { host: 'nobody' } })).code).toBe('http-unresolved')
  expect((await get({ to: on('mute'), timeout_ms: 500 })).code).toBe('http-timeout')
  expect((await get({ to: on('mute', machine.name('front')) })).code).toBe('no-address')
  const alone = await machine.run({
    image: 'busybox:1',
    name: 'alone',
    command: ['sleep', '600'],
    host: { NetworkMode: 'none' },
  })
  const lonely = { from: { container: machine.name('alone') }, to: on('open') }
  expect((await get(lonely)).code).toBe('http-unreachable')
  expect((await get({ from: { network: machine.name('nowhere') } })).code).toBe('object-missing')
  expect((await get({ to: on('nobody') })).code).toBe('object-missing')
  await alone.stop({ t: 0 })
  expect((await get(lonely)).code).toBe('container-not-running')
  expect(await machine.leftBehind(alone.id)).toEqual([])
})
