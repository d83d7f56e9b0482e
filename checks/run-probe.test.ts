import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

const run = async (params: object) => machine.check('run_probe', { image: 'busybox:1', ...params })

test('an image runs as `docker run` would run it, with arguments and without', async () => {
  const image = await machine.build('backup', 'busybox:1', [
    'ENV WHO=nobody',
    'ENTRYPOINT ["/bin/sh", "-c", "echo args: $0 $@; echo who: $WHO >&2; exit 3"]',
    'CMD ["--all"]',
  ])
  const given = { image, expect: { exit: [2, 3], stdout: { matches: '^args: --all$' } } }
  const verdict = await run(given)
  expect(verdict).toMatchObject({ code: 'passed', message: `\`${image}\` does what it should.` })
  expect(verdict.evidence.map((each) => each.observed)).toEqual(['exit code 3', 'args: --all'])
  expect((await run({ ...given, args: ['--dry-run'] })).code).toBe('output-missing')
  const dry = { ...given, args: ['--dry-run', 'x'], env: { WHO: 'me' } }
  expect(
    (await run({ ...dry, expect: { exit: 3, output: { matches: 'who: me', lacks: '--all' } } })).code,
  ).toBe('passed')
  expect((await run({ ...dry, expect: { exit: 3, stderr: { lacks: '^who' } } })).code).toBe(
    'output-unexpected',
  )
  const wrong = await run({ ...dry, expect: {} })
  expect(wrong).toMatchObject({
    code: 'exit-wrong',
    message: `\`${image} --dry-run x\` ended with exit code 3; expected 0.`,
  })
  expect(await machine.leftBehind(image)).toEqual([])
})

test('a program that is not there, does not end, or is of no image', async () => {
  const missing = { argv: ['/no/such'] }
  expect((await run(missing)).code).toBe('not-started')
  expect((await run({ ...missing, expect: { exit: 127 } })).code).toBe('passed')
  expect((await run({ argv: ['/bin/sleep', '60'], timeout_ms: 500 })).code).toBe('not-ended')
  expect((await run({ image: machine.name('nothing:1') })).code).toBe('object-missing')
  expect((await run({ argv: ['/bin/true'], network: machine.name('nowhere') })).code).toBe('object-missing')
  expect((await run({ argv: ['/bin/true'], network_of: machine.name('nobody') })).code).toBe('object-missing')
})

test('a look into a volume, with a name and without, changes nothing in it', async () => {
  const write = ['sh', '-c', 'echo row-1 > /data/rows; adduser -D x 2>/dev/null; chown 1000 /data/rows']
  const orders = await machine.run({
    image: 'busybox:1',
    name: 'orders',
    command: write,
    options: { Volumes: { '/data': {} } },
  })
  await orders.wait()
  const volume = (await orders.inspect()).Mounts[0]?.Name
  const read = { argv: ['/bin/sh', '-c', 'cat /in/rows; stat -c %u /in/rows'] }
  const of = { volume_of: { container: machine.name('orders'), path: '/data' }, at: '/in' }
  const expected = { stdout: { matches: '^row-1\n1000$' } }
  expect((await run({ ...read, mounts: [of], expect: expected })).code).toBe('passed')
  expect((await run({ ...read, mounts: [{ volume, at: '/in' }], expect: expected })).code).toBe('passed')
  const spoil = {
    argv: ['/bin/rm', '/in/rows'],
    mounts: [of],
    expect: { exit: 1, stderr: { matches: 'Read-only' } },
  }
  expect((await run(spoil)).code).toBe('passed')
  expect((await run({ ...read, mounts: [of], expect: expected })).code).toBe('passed')
  const nowhere = machine.name('no-volume')
  expect((await run({ ...read, mounts: [{ volume: nowhere, at: '/in' }] })).code).toBe('object-missing')
  await expect(machine.docker.getVolume(nowhere).inspect()).rejects.toMatchObject({ statusCode: 404 })
})

test('in the network of a container, a network of the student, and that of the engine', async () => {
  const net = await machine.network('quay')
  const idle = ['sleep', '600']
  const crane = await machine.run({ image: 'busybox:1', name: 'crane', command: idle })
  await net.connect({ Container: crane.id })
  const links = (matches: string) => ({ argv: ['/bin/ip', 'addr'], expect: { stdout: { matches } } })
  const address = (await crane.inspect()).NetworkSettings.Networks[machine.name('quay')]?.IPAddress ?? '?'
  expect((await run({ ...links(`inet ${address}/`), network_of: machine.name('crane') })).code).toBe('passed')
  const ping = { argv: ['/bin/ping', '-c', '1', machine.name('crane')] }
  expect((await run({ ...ping, network: machine.name('quay') })).code).toBe('passed')
  expect((await run({ ...links('docker0'), engine_network: true })).code).toBe('passed')
  expect((await run(links('docker0'))).code).toBe('output-missing')
  await crane.stop({ t: 0 })
  expect((await run({ ...ping, network_of: machine.name('crane') })).code).toBe('container-not-running')
})
