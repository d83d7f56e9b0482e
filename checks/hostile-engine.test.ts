import { afterAll, beforeAll, expect, test } from 'vitest'
import { testHost } from '../server/host/test-host.ts'
import { checks } from './registry.ts'
import { HostileProxy, type Malice, malices } from './testing/hostile-proxy.ts'
import { needSandbox } from './testing/need-sandbox.ts'
import { StudentMachine } from './testing/student-machine.ts'

let proxy: HostileProxy
let machine: StudentMachine
let uses: { use: string; params: Record<string, unknown>; requests: number }[]

beforeAll(async () => {
  const { host } = await testHost()
  proxy = await new HostileProxy(host.socketPath).start()
  machine = await StudentMachine.start(proxy.socketPath)
  const net = await machine.network('net')
  const listen = ['sh', '-c', 'echo x > /tmp/mark; echo up; while :; do nc -l -p 5432 < /dev/null; done']
  const api = await machine.run({
    image: 'busybox:1',
    name: 'api',
    command: ['sleep', '600'],
    host: { Memory: 64 << 20 },
  })
  const db = await machine.run({ image: 'busybox:1', name: 'db', command: listen })
  for (const { id } of [api, db]) await net.connect({ Container: id })
  await machine.logged(db, /up/)
  const fast = await machine.build('fast', 'lab/slow:1', ['CMD ["/app.sh"]'])
  const tiny = await machine.build('tiny', 'busybox:1', ['CMD ["true"]'])
  machine.answer('pid1', 'sleep')
  const [container, to, network] = [machine.name('api'), machine.name('db'), machine.name('net')]
  const all: [string, Record<string, unknown>][] = [
    ['object_exists', { ref: container }],
    ['field', { ref: container, path: 'HostConfig.ExtraHosts', empty: true }],
    ['field', { ref: container, path: 'State.ExitCode', eq: 0 }],
    ['same_identity', { container }],
    ['events', { container, expect: [{ action: 'start' }], forbid: [{ action: 'die' }] }],
    ['events', { container, window: 'always', forbid: [{ action: 'update' }] }],
    ['answer', { field: 'pid1', expected: { kind: 'pid1', container } }],
    ['dns_probe', { from: container, to, name: to, network }],
    ['dns_probe', { from: container, name: 'nobody', absent: true }],
    ['tcp_probe', { from: container, to, network, port: 5432 }],
    ['tcp_probe', { from: container, to, network, port: 81, expect: 'refused' }],
    ['file_state', { container, path: '/etc/hosts', lacks: 'nobody' }],
    ['stop_probe', { image: fast, ready: '^app: ready', goodbye: '^app: goodbye$' }],
    ['run_probe', { image: 'busybox:1', argv: ['/bin/echo', 'ok'], expect: { stdout: { matches: 'ok' } } }],
    ['exec_probe', { container, argv: ['/bin/echo', 'ok'], expect: { stdout: { matches: 'ok' } } }],
    [
      'clone_probe',
      {
        container,
        acts: [
          { do: 'exec', argv: ['/bin/true'] },
          { do: 'runs', for_ms: 100 },
        ],
      },
    ],
    ['http_probe', { from: { container: to }, to: { host: '127.0.0.1' }, port: 9, fails: 'refused' }],
    [
      'load_probe',
      { from: { container: to }, to: { host: '127.0.0.1' }, port: 9, per_second: 5, seconds: 1, tolerate: 5 },
    ],
    ['object_events', { kind: 'network', ref: network, expect: [{ action: 'create' }] }],
    ['fs_changes', { container: to, expect: [{ kind: 'added', path: '^/tmp/mark$' }], size: { max: 1e6 } }],
    ['proc_read', { container: to, read: 'cmdline', matches: '^sh -c' }],
    ['cgroup_value', { container, key: 'memory-limit', max: 64 << 20 }],
    ['log_match', { container: to, matches: '^up$' }],
    ['log_match', { container: to, matches: '^down$', min: 0, max: 0 }],
    ['image_layers', { image: fast, base: 'lab/slow:1' }],
    ['image_scan', { image: tiny, secret: { text: 'nobody knows' }, absent: ['^/nothing$'] }],
    ...combined(container, to),
  ]
  uses = []
  // The first probe also looks for what an earlier server left.
  await machine.check('answer', { field: 'pid1', expected: { kind: 'pid1', container } })
  for (const [use, params] of all) {
    proxy.turn('silence', Number.MAX_SAFE_INTEGER)
    const verdict = await machine.check(use, params)
    expect(verdict, `${use} ${JSON.stringify(params)}`).toMatchObject({ status: 'passed' })
    uses.push({ use, params, requests: proxy.asked })
  }
})

function combined(container: string, other: string): [string, Record<string, unknown>][] {
  const there = (ref: string) => ({ use: 'object_exists', with: { ref } })
  const started = (name: string) => ({
    use: 'events',
    with: { container: name, expect: [{ action: 'start' }] },
  })
  return [
    ['all', { of: [there(container), there(other)] }],
    ['any', { of: [there('nobody'), there(container)] }],
    [
      'not',
      {
        of: { use: 'field', with: { ref: container, path: 'State.ExitCode', eq: 1 } },
        codes: ['field-mismatch'],
      },
    ],
    ['sequence', { of: [started(container), started(other)] }],
    ['within', { ms: 600_000, of: [started(container), started(other)] }],
  ]
}
afterAll(async () => {
  proxy.turn(undefined)
  await machine[Symbol.asyncDispose]()
  await proxy[Symbol.asyncDispose]()
})

test('every check has its turn', () => {
  const here = uses.map((each) => each.use)
  // A script never asks the engine: what a hostile sandbox makes of it is in its own test.
  expect(new Set([...here, ...needSandbox, 'script'])).toEqual(new Set(checks.keys()))
})

/** How many answers stay honest: none, some of those that the check needs, all but the last. */
const cuts = (requests: number) =>
  [...new Set([0, 1, Math.floor(requests / 2), requests - 1])].filter((n) => n < requests)

/**
 * An empty last answer is also what an honest engine may give: to the question for events after a restart, which is recorded as a
 * gap and touches neither who came first nor what was seen before; and for a log without a line.
 */
const isHonestToo = (use: string, malice: Malice) =>
  malice === 'empty body'
    ? ['same_identity', 'log_match', 'object_events', 'sequence', 'within'].includes(use)
    : // An image need not have a history, and this use asks nothing of it.
      malice === 'empty list' && use === 'image_layers'

/**
 * These make containers, which takes a second and more: each malice meets them at one place, and the others at two. Over all
 * malices each place has its turn.
 */
const makesContainers = new Set([
  'answer',
  'dns_probe',
  'tcp_probe',
  'stop_probe',
  'run_probe',
  'exec_probe',
  'clone_probe',
  'http_probe',
  'load_probe',
  'proc_read',
])

const turnsOf = (index: number, malice: Malice) => {
  const { use, requests } = uses[index] as (typeof uses)[number]
  // A stop takes its time: it is only tried with an engine that turns halfway.
  const all = use === 'stop_probe' ? [0, Math.floor(requests / 2)] : cuts(requests)
  const first = (index + quick.indexOf(malice)) % all.length
  const places = makesContainers.has(use) || malice === 'no end' ? 1 : 2
  return all.filter((_, i) => (i - first + all.length) % all.length < places)
}

const quick = Object.keys(malices).filter(
  (each) => each !== 'silence' && each !== 'one byte a second',
) as Malice[]

test.each(quick)(
  'an engine that answers with %s never makes a check pass',
  { timeout: 240_000 },
  async (malice) => {
    for (const [index, { use, params, requests }] of uses.entries()) {
      for (const honest of turnsOf(index, malice)) {
        proxy.turn(malice, honest)
        const verdict = await machine.check(use, params)
        expect(proxy.wronged, `${use} after ${honest}`).toBeGreaterThan(0)
        if (honest === requests - 1 && isHonestToo(use, malice)) continue
        expect(verdict.status, `${use} after ${honest} of ${requests}: ${JSON.stringify(verdict)}`).not.toBe(
          'passed',
        )
        proxy.turn(undefined)
        await machine.flush()
      }
    }
  },
)

test('silence, and one byte a second, end in time', { timeout: 240_000 }, async () => {
  proxy.turn(['silence', 'one byte a second'], 1)
  const began = performance.now()
  const asked = uses.filter((each) => each.use !== 'stop_probe' && each.requests > 1)
  const verdicts = await Promise.all(asked.map(({ use, params }) => machine.check(use, params)))
  // One answer is waited for 5 s, a probe's start and its removal 15 s each.
  expect(performance.now() - began).toBeLessThan(40_000)
  expect(verdicts.map((each) => each.status)).not.toContain('passed')
  proxy.turn(undefined)
  await machine.flush()
})
