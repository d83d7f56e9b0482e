import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { kernelSettings } from '../../host/kernel-settings.ts'
import { namespaceCaps, sandboxLimits } from '../limits.ts'
import { run, sh, shellEnv } from '../suite-tools.ts'
import { type Beside, beside } from '../testing/beside.ts'
import { compiled, inBuilder } from '../testing/compiled.ts'

// One takes all that it gets of what the kernel counts for all together; then a neighbour and root on the host want some.

vi.setConfig({ testTimeout: 60_000 })

let place: Beside
let program: Buffer
let before: object

beforeAll(async () => {
  place = await beside()
  program = await compiled('hoard', place.host)
  await place.put(program, '/root/hoard')
  await run(place.neighbour, ['/bin/dd', 'of=/root/hoard', 'status=none'], { input: program })
  await sh(place.neighbour, 'chmod 755 /root/hoard')
  before = await place.look()
})

afterAll(() => place.close())

const WANTED = 10
const GREEDY = 1_000_000
/** Of what takes memory of the sandbox, or long to remove: as much as is needed to take all that the machine has by default. */
const most: Record<string, number> = {
  aio: 1_250, // of a thousand events and 64 kB each: eight times as many fit
  mounts: 5_000,
  shared_memory: 5_000,
  semaphores: 5_000,
}
/** 130 with 20,000 files each have more than a machine of 24 GB lets all together have by default. */
const programs: Record<string, number> = { files: 130, processes: 1 }

/** Eight programs or more at once take all they get; answers with how much that is, and the way to let go of it. */
async function hoard(kind: string): Promise<{ count: number; letGo: () => Promise<void> }> {
  const many = programs[kind] ?? 8
  const script = `rm -f /tmp/held; mkfifo /tmp/held; for _ in $(seq ${many}); do /root/hoard ${kind} ${most[kind] ?? GREEDY} < /tmp/held & done; exec 3> /tmp/held; cat; exec 3>&-; wait`
  const { stream, exit } = await place.attacker.exec({ argv: ['/bin/bash', '-c', script], env: shellEnv })
  let said = ''
  const all = Promise.withResolvers<void>()
  stream.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8')
    if (said.trim().split('\n').length === many) all.resolve()
  })
  void exit.then((code) => all.reject(new Error(`the hoarder ended with ${code}: ${said}`)))
  await all.promise
  const count = said
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number(line), 0)
  return {
    count,
    async letGo() {
      stream.end()
      await exit
    },
  }
}

/** What a network may remember, and a few that it forgets meanwhile. */
const FLOWS = 1.05 * (kernelSettings.find(({ name }) => name.endsWith('nf_conntrack_max'))?.value ?? 0)

test.each([
  ['inotify_instances', namespaceCaps.inotify_instances.value],
  ['inotify_watches', namespaceCaps.inotify_watches.value],
  ['fanotify_groups', namespaceCaps.fanotify_groups.value],
  ['net_namespaces', namespaceCaps.net_namespaces.value],
  ['user_namespaces', namespaceCaps.user_namespaces.value],
  ['mnt_namespaces', namespaceCaps.mnt_namespaces.value],
  ['pid_namespaces', namespaceCaps.pid_namespaces.value],
  ['ipc_namespaces', namespaceCaps.ipc_namespaces.value],
  ['uts_namespaces', namespaceCaps.uts_namespaces.value],
  ['cgroup_namespaces', namespaceCaps.cgroup_namespaces.value],
  ['processes', sandboxLimits.pids.value],
  ['locked_memory', undefined],
  ['shared_memory', undefined],
  ['semaphores', undefined],
  ['mounts', undefined],
  ['files', 130 * sandboxLimits.openFiles.value],
  ['flows', FLOWS],
  ['signals', sandboxLimits.pendingSignals.value],
  ['message_queues', undefined],
  ['aio', undefined],
])('%s: who takes all has what one may have, and the others get theirs', async (kind, limit) => {
  const { count, letGo } = await hoard(kind)
  try {
    expect(count).toBeGreaterThan(limit === undefined ? WANTED : limit * 0.9)
    if (limit !== undefined) expect(count).toBeLessThanOrEqual(limit)
    expect(await sh(place.neighbour, `/root/hoard ${kind} ${WANTED} < /dev/null`)).toBe(String(WANTED))
    const asRoot = `cat > /hoard; chmod 755 /hoard; /hoard ${kind} ${WANTED} < /dev/null`
    const rights = { UsernsMode: 'host', CapAdd: ['SYS_ADMIN'], SecurityOpt: ['seccomp=unconfined'] }
    expect((await inBuilder(place.host, asRoot, program, rights)).toString().trim()).toBe(String(WANTED))
  } finally {
    await letGo()
  }
})

test('the host and the neighbour are as before', async () => {
  expect(await place.look()).toEqual(before)
  expect((await place.attempt('docker run --rm busybox:1 true')).code).toBe(0)
})
