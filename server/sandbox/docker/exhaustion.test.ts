import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { systemClock } from '../../clock.ts'
import { type TestHost, testHost } from '../../host/test-host.ts'
import { namespaceCaps, sandboxLimits } from '../limits.ts'
import type { Sandbox } from '../sandbox-driver.ts'
import { newSpec, run, sh, shellEnv } from '../suite-tools.ts'
import { compiled, inBuilder } from '../testing/compiled.ts'
import { DockerSandboxDriver } from './docker-driver.ts'

// One takes all that it gets of what the kernel counts for all together; then a neighbour and root on the host want some.

vi.setConfig({ testTimeout: 60_000 })

let host: TestHost
let driver: DockerSandboxDriver
let attacker: Sandbox
let neighbour: Sandbox
let program: Buffer

beforeAll(async () => {
  host = await testHost()
  const log = { info() {}, warn() {} }
  driver = new DockerSandboxDriver({ ...host.host, ...host.config, clock: systemClock, log })
  program = await compiled('hoard', host)
  ;[attacker, neighbour] = [await driver.create(newSpec()), await driver.create(newSpec())]
  for (const sandbox of [attacker, neighbour]) {
    await run(sandbox, ['/bin/dd', 'of=/root/hoard', 'status=none'], { input: program })
    await sh(sandbox, 'chmod 755 /root/hoard')
  }
})

afterAll(async () => {
  await driver.sweep(new Set())
  await driver.close()
})

const WANTED = 10
const GREEDY = 1_000_000
/** Of a thousand events and 64 kB each: eight times as many fit into the memory of a sandbox. */
const GREEDY_AIO = 1_250

/** Eight programs at once take all they get; answers with how much that is, and the way to let go of it. */
async function hoard(kind: string): Promise<{ count: number; letGo: () => Promise<void> }> {
  const script = `rm -f /tmp/held; mkfifo /tmp/held; for _ in 1 2 3 4 5 6 7 8; do /root/hoard ${kind} ${kind === 'aio' ? GREEDY_AIO : GREEDY} < /tmp/held & done; exec 3> /tmp/held; cat; exec 3>&-; wait`
  const { stream, exit } = await attacker.exec({ argv: ['/bin/bash', '-c', script], env: shellEnv })
  let said = ''
  const all = Promise.withResolvers<void>()
  stream.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8')
    if (said.trim().split('\n').length === 8) all.resolve()
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

test.each([
  ['inotify_instances', namespaceCaps.inotify_instances.value],
  ['inotify_watches', namespaceCaps.inotify_watches.value],
  ['fanotify_groups', namespaceCaps.fanotify_groups.value],
  ['net_namespaces', namespaceCaps.net_namespaces.value],
  ['signals', sandboxLimits.pendingSignals.value],
  ['message_queues', undefined],
  ['aio', undefined],
])('%s: who takes all has what one may have, and the others get theirs', async (kind, most) => {
  const { count, letGo } = await hoard(kind)
  try {
    expect(count).toBeGreaterThan(0)
    if (most !== undefined) expect(count).toBeLessThanOrEqual(most)
    expect(await sh(neighbour, `/root/hoard ${kind} ${WANTED} < /dev/null`)).toBe(String(WANTED))
    const asRoot = `cat > /hoard; chmod 755 /hoard; /hoard ${kind} ${WANTED} < /dev/null`
    const rights = { UsernsMode: 'host', CapAdd: ['SYS_ADMIN'], SecurityOpt: ['seccomp=unconfined'] }
    expect((await inBuilder(host, asRoot, program, rights)).toString().trim()).toBe(String(WANTED))
  } finally {
    await letGo()
  }
})
