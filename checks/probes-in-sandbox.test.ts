import { afterAll, beforeAll, expect, test } from 'vitest'
import { SandboxMachine } from './testing/sandbox-machine.ts'

/** What the coming labs ask of a student's machine, in a real one: other rights and other namespaces than a host engine has. */
let machine: SandboxMachine
beforeAll(async () => {
  machine = await SandboxMachine.start('probes')
})
afterAll(() => machine[Symbol.asyncDispose]())

const check = async (use: string, params: Record<string, unknown>) => {
  const { code, message } = await machine.check(use, params)
  return code === 'passed' || code === 'broken' ? code : `${code}: ${message}`
}

const answered = async (value: string, expected: object) => {
  machine.answer('asked', value)
  return (await machine.check('answer', { field: 'asked', expected })).code
}

test('a process found from outside: numbers, namespaces, a sidecar', async () => {
  await machine.sh(`
    docker run -d --name ghost busybox:1 sleep 7331
    docker run -d --name sidecar --user 1000 --network container:ghost --pid container:ghost busybox:1 sleep 999`)
  const pid = await machine.sh("docker inspect -f '{{.State.Pid}}' ghost")
  expect(await answered(pid, { kind: 'pid', container: 'ghost', side: 'engine' })).toBe('passed')
  expect(await answered('1', { kind: 'pid', container: 'ghost', side: 'inside' })).toBe('passed')
  expect(await answered('1', { kind: 'pid', container: 'ghost', side: 'engine' })).toBe('answer-wrong')
  const shared = await machine.sh(
    'cd /proc/self/ns; for n in cgroup ipc mnt net pid time user uts; do' +
      ` [ "$(readlink $n)" = "$(sudo readlink /proc/${pid}/ns/$n)" ] && echo $n || true; done`,
  )
  const which = { kind: 'namespaces', container: 'ghost' }
  expect(await answered(shared, { ...which, which: 'shared' })).toBe('passed')
  expect(await answered('uts, pid, net, mnt and ipc', { ...which, which: 'own' })).toBe('passed')
  expect(await answered('uts, pid, net and mnt', { ...which, which: 'own' })).toBe('answer-wrong')
  const sidecar = { container: 'sidecar', read: 'namespace' }
  const ghost = { container: 'ghost' }
  expect(await check('proc_read', { ...sidecar, namespaces: ['net', 'pid'], same_as: ghost })).toBe('passed')
  expect(await check('proc_read', { ...sidecar, namespaces: ['mnt'], differs_from: ghost })).toBe('passed')
  expect(await check('proc_read', { ...sidecar, namespaces: ['net'], differs_from: 'engine' })).toBe('passed')
  expect(await check('proc_read', { ...sidecar, namespaces: ['user', 'time'], same_as: 'engine' })).toBe(
    'passed',
  )
  expect(await check('proc_read', { container: 'sidecar', read: 'environ', matches: '^PATH=' })).toBe(
    'passed',
  )
  await machine.sh('docker rm -f ghost sidecar')
})

test('published and unreachable: what the machine sees, and what listens', async () => {
  await machine.sh(`
    serve='echo ahoy > /index.html; echo order 42; exec httpd -f -h / -p'
    docker run -d --name open -p 8080:80 busybox:1 sh -c "$serve 80"
    docker run -d --name shy -p 8081:80 busybox:1 sh -c "$serve 127.0.0.1:80"
    docker run -d --name private -p 127.0.0.1:8083:80 busybox:1 sh -c "$serve 80"`)
  await expect
    .poll(() => check('http_probe', { port: 8080, matches: '^ahoy$' }), { timeout: 10_000 })
    .toBe('passed')
  const listens = { kind: 'listener', container: 'shy', port: 80 }
  await expect.poll(() => answered('127.0.0.1:80', listens), { timeout: 10_000 }).toBe('passed')
  expect(await answered('0.0.0.0', listens)).toBe('answer-wrong')
  expect(await check('http_probe', { to: { published: 'shy' }, fails: ['reset', 'closed'] })).toBe('passed')
  expect(await check('http_probe', { to: { published: 'private' }, matches: 'ahoy' })).toBe('passed')
  expect(await check('http_probe', { to: { gateway: 'bridge' }, port: 8083, fails: 'refused' })).toBe(
    'passed',
  )
  expect(await check('http_probe', { to: { gateway: 'bridge' }, port: 8080 })).toBe('passed')
  expect(await check('http_probe', { to: { container: 'private', network: 'bridge' } })).toBe('passed')
  expect(await check('load_probe', { port: 8080, matches: 'ahoy', seconds: 1 })).toBe('passed')
  expect(await check('field', { ref: 'open', path: 'NetworkSettings.Networks', keys: ['bridge'] })).toBe(
    'passed',
  )
  expect(
    await check('field', { ref: 'open', path: 'NetworkSettings.Networks', keys: ['bridge', 'back'] }),
  ).toBe('field-mismatch: `open`: NetworkSettings.Networks is bridge; expected exactly bridge, back.')
  expect(await answered('42', { kind: 'log', container: 'open', matches: '^order (\\d+)$' })).toBe('passed')
  await machine.sh('docker rm -f open shy private')
})

test('five states: a file that outlives a stop, read again after the second start; and what never started', async () => {
  await machine.sh(`
    docker create --name crane busybox:1 sleep 600; docker start crane
    docker exec crane sh -c 'echo token > /kept'
    docker stop -t 0 crane; docker start crane; docker exec crane cat /kept; docker rm -f crane
    docker run --name dock-a busybox:1 /no/such || true
    docker run --name dock-b busybox:1 sh -c nosuch || true`)
  const kept = { action: 'exec_start', detail: '^cat /kept$' }
  const walk = [{ action: 'start' }, { action: 'die' }, { action: 'start' }, kept, { action: 'destroy' }]
  expect(await check('events', { container: 'crane', window: 'always', ordered: true, expect: walk })).toBe(
    'passed',
  )
  const early = [{ action: 'start' }, kept, { action: 'die' }, { action: 'start' }]
  expect(
    await check('events', { container: 'crane', window: 'always', ordered: true, expect: early }),
  ).toContain('order-wrong')
  expect(await answered('no', { kind: 'started', container: 'dock-a' })).toBe('passed')
  expect(await answered('yes', { kind: 'started', container: 'dock-b' })).toBe('passed')
  expect(await answered('yes', { kind: 'started', container: 'dock-a' })).toBe('answer-wrong')
  await machine.sh('docker rm dock-a dock-b')
})

test('where data lives: an anonymous volume, a copy of it, and a scratch in memory', async () => {
  await machine.sh(`
    docker run --name orders -v /data busybox:1 sh -c 'echo row token-7 > /data/rows; chmod 600 /data/rows; chown 1000 /data/rows'
    docker run -d --name scratch --tmpfs /scratch:size=16m busybox:1 sleep 600
    docker volume create keep; docker volume rm keep`)
  const of = { volume_of: { container: 'orders', path: '/data' } }
  const row = { kind: 'volume-file', path: '/rows', matches: '^row (\\S+)$' }
  expect(await answered('token-7', { ...row, ...of })).toBe('passed')
  expect(await answered('token-8', { ...row, ...of })).toBe('answer-wrong')
  expect(await answered('token-7', { ...row, volume: 'keep' })).toBe('object-missing')
  const look = {
    image: 'busybox:1',
    argv: ['/bin/stat', '-c', '%u', '/in/rows'],
    expect: { stdout: { matches: '^1000$' } },
  }
  expect(await check('run_probe', { ...look, mounts: [{ ...of, at: '/in' }] })).toBe('passed')
  const sh = (line: string) => ({ do: 'exec', argv: ['/bin/sh', '-c', line] })
  const acts = [
    {
      ...sh('dd if=/dev/zero of=/scratch/big bs=1M count=20'),
      expect: { exit: { min: 1 }, stderr: { matches: 'No space left' } },
    },
    { do: 'restart', grace_s: 0 },
    { ...sh('ls -A /scratch'), expect: { stdout: { lacks: '.' } } },
  ]
  expect(await check('clone_probe', { container: 'scratch', acts })).toBe('passed')
  await machine.sh('docker rm -f orders')
  const gone = { kind: 'volume', ref: 'keep', expect: [{ action: 'create' }] }
  expect(await check('object_events', { ...gone, forbid: [] })).toBe('passed')
  expect(await check('object_events', { ...gone, forbid: [{ action: 'destroy' }] })).toContain(
    'event-forbidden',
  )
  expect(await check('object_events', { ...gone, ref: 'never' })).toContain('event-missing')
  expect(await check('exec_probe', { container: 'scratch', argv: ['/bin/true'] })).toBe('passed')
  expect(
    await check('exec_probe', { container: 'scratch', argv: ['/bin/sleep', '60'], timeout_ms: 300 }),
  ).toContain('not-ended')
  expect(await machine.sh('docker top scratch -o pid,args | tail -n +2')).toMatch(/^\d+ +sleep 600$/)
})
