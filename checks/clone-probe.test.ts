import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudentMachine } from './testing/student-machine.ts'

let machine: StudentMachine
beforeAll(async () => {
  machine = await StudentMachine.start()
})
afterAll(() => machine[Symbol.asyncDispose]())

const clone = async (params: Record<string, unknown>) => machine.check('clone_probe', params)
const sh = (line: string) => ({ do: 'exec', argv: ['/bin/sh', '-c', line] })

test('without a setting it says so and ends, with it it runs', async () => {
  const guard = `: "$\{DB_URL:?DB_URL is required}"; echo up; exec sleep 600`
  const image = await machine.build('fixed', 'busybox:1', [`CMD ["/bin/sh", "-c", ${JSON.stringify(guard)}]`])
  const dies = { do: 'ends', expect: { exit: { min: 1 }, stderr: { matches: 'DB_URL' } } }
  expect((await clone({ of: image, acts: [dies] })).code).toBe('passed')
  const env = { DB_URL: 'db://x' }
  const lives = await clone({
    of: image,
    env,
    acts: [
      { do: 'log', matches: '^up$' },
      { do: 'runs', for_ms: 500 },
    ],
  })
  expect(lives).toMatchObject({ code: 'passed' })
  expect(lives.evidence).toHaveLength(2)
  expect((await clone({ of: image, env, acts: [dies] })).code).toBe('not-ended')
  expect((await clone({ of: image, acts: [{ do: 'runs', for_ms: 500 }] })).code).toBe('ended-early')
  expect((await clone({ of: image, acts: [{ do: 'log', matches: '^up$', within_ms: 3_000 }] })).code).toBe(
    'line-missing',
  )
  await machine.create({
    image: 'busybox:1',
    name: 'quiet',
    command: ['sh', '-c', guard],
    options: { Env: ['DB_URL=x'] },
  })
  const container = machine.name('quiet')
  expect((await clone({ container, acts: [{ do: 'runs', for_ms: 300 }] })).code).toBe('passed')
  expect((await clone({ container, env_without: ['DB_URL'], acts: [dies] })).code).toBe('passed')
  expect(await machine.leftBehind(image)).toEqual([])
})

test('rows live in the volume, in a copy that may be written; scratch is small and forgotten', async () => {
  const orders = await machine.run({
    image: 'busybox:1',
    name: 'orders',
    command: ['sh', '-c', 'echo row-1 > /data/rows; exec sleep 600'],
    options: { Volumes: { '/data': {} } },
    host: { Tmpfs: { '/scratch': 'size=16m' } },
  })
  const container = machine.name('orders')
  const rows = { ...sh('grep -c . /data/rows'), expect: { stdout: { matches: '^1$' } } }
  const full = { exit: { min: 1 }, stderr: { matches: 'No space left' } }
  const acts = [
    rows,
    { ...sh('dd if=/dev/zero of=/scratch/big bs=1M count=20'), expect: full },
    { do: 'restart', grace_s: 0 },
    { ...sh('ls /scratch'), expect: { stdout: { lacks: '.' } } },
    sh('echo row-2 >> /data/rows'),
    { do: 'stop', grace_s: 0, expect: { exit: 137 } },
  ]
  expect((await clone({ container, volumes: 'copy', acts })).message).toContain('does what it should')
  expect((await clone({ container, volumes: 'none', acts })).code).toBe('exit-wrong')
  const spoil = { ...sh('echo row-2 >> /data/rows'), expect: { exit: { min: 1 } } }
  expect((await clone({ container, volumes: 'read-only', acts: [rows, spoil] })).code).toBe('passed')
  // Nothing of this reached the volume of the student.
  const look = { container, argv: ['/bin/cat', '/data/rows'] }
  expect((await machine.check('exec_probe', { ...look, expect: { stdout: { lacks: 'row-2' } } })).code).toBe(
    'passed',
  )
  expect(await machine.leftBehind(orders.id)).toEqual([])
})

test('a health check tells ready from not ready', async () => {
  const Healthcheck = { Test: ['CMD', 'test', '-f', '/ready'], Interval: 5e8, Timeout: 1e9, Retries: 2 }
  const command = ['sh', '-c', 'touch /ready; exec sleep 600']
  await machine.create({ image: 'busybox:1', name: 'db', command, options: { Healthcheck } as object })
  const container = machine.name('db')
  const healthy = { do: 'health', status: 'healthy', within_ms: 10_000 }
  const sick = { do: 'health', status: 'unhealthy', within_ms: 10_000 }
  expect((await clone({ container, acts: [healthy, sh('rm /ready'), sick] })).code).toBe('passed')
  const green = await clone({ container, acts: [healthy, { ...sick, within_ms: 1_500 }] })
  expect(green.code).toBe('health-wrong')
  expect(green.evidence[0]?.observed).toMatch(/^healthy after/)
  await machine.create({ image: 'busybox:1', name: 'blind', command })
  expect((await clone({ container: machine.name('blind'), acts: [healthy] })).code).toBe('health-wrong')
})

test('what is not there, does not start, or has another name, label, limit and network', async () => {
  const acts = [{ do: 'runs', for_ms: 100 }]
  expect((await clone({ container: machine.name('nobody'), acts })).code).toBe('object-missing')
  expect((await clone({ of: 'busybox:1', network: machine.name('nowhere'), acts })).code).toBe(
    'object-missing',
  )
  expect((await clone({ of: 'busybox:1', args: ['/no/such'], acts })).code).toBe('start-failed')
  const net = await machine.network('front')
  const crane = await machine.run({ image: 'busybox:1', name: 'crane', command: ['sleep', '600'] })
  await net.connect({ Container: crane.id })
  const conditions = {
    of: 'busybox:1',
    args: ['sleep', '600'],
    hostname: 'twin',
    labels: { tier: 'web' },
    memory: 16 << 20,
    network: machine.name('front'),
  }
  const seen = await clone({
    ...conditions,
    acts: [
      { ...sh('hostname'), expect: { stdout: { matches: '^twin$' } } },
      sh(`ping -c 1 ${machine.name('crane')}`),
      {
        ...sh('head -c 64m /dev/zero | tail -c 40m | wc -c'),
        expect: { exit: { min: 0 }, stdout: { lacks: '^41943040$' } },
      },
    ],
  })
  expect(seen.code, seen.message).toBe('passed')
  expect((await clone({ ...conditions, acts: [{ ...sh('exit 3') }] })).code).toBe('exit-wrong')
  expect(
    (await clone({ ...conditions, acts: [{ ...sh('echo a'), expect: { stdout: { matches: 'b' } } }] })).code,
  ).toBe('output-missing')
  expect(
    (await clone({ ...conditions, acts: [{ ...sh('echo a'), expect: { stdout: { lacks: 'a' } } }] })).code,
  ).toBe('output-unexpected')
  expect((await clone({ ...conditions, acts: [{ do: 'exec', argv: ['/no/such'] }] })).code).toBe(
    'not-started',
  )
})
