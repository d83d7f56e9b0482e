import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HostileProxy, type Malice } from './testing/hostile-proxy.ts'
import { needSandbox } from './testing/need-sandbox.ts'
import { SandboxMachine } from './testing/sandbox-machine.ts'

let proxy: HostileProxy
let machine: SandboxMachine
const folder = '/home/student/app'
const uses: Record<string, Record<string, unknown>> = {
  rebuild_probe: {
    folder,
    edits: [{ file: 'a', content: 'new' }],
    expect: { run: { stdout: { matches: '^new$' } } },
  },
  context_probe: { folder, absent: ['^b$'] },
  compose_model: { folder, expect: [{ path: 'services.web.ports', empty: true }] },
  build_cache: { type: 'source.local', min: 1, max: 100 },
}
/** Questions that only clean up: what they are answered changes no verdict. */
const afterwards: Record<string, number> = { rebuild_probe: 1 }
const requests = new Map<string, number>()

beforeAll(async () => {
  machine = await SandboxMachine.start('hostil', async (dial) => {
    proxy = await new HostileProxy(dial).start()
    return () =>
      new Promise<Duplex>((resolve, reject) => {
        const socket = connect(proxy.socketPath, () => resolve(socket))
        socket.once('error', reject)
      })
  })
  await machine.sh(
    `mkdir app && cd app && echo a > a && printf 'FROM busybox:1\\nCOPY a /\\nCMD ["cat", "/a"]\\n' > Dockerfile && echo 'services: { web: { image: "busybox:1" } }' > compose.yaml`,
  )
  // The first also looks for what an earlier server left.
  await machine.check('rebuild_probe', uses.rebuild_probe ?? {})
  for (const [use, params] of Object.entries(uses)) {
    proxy.turn('silence', Number.MAX_SAFE_INTEGER)
    expect(await machine.check(use, params), use).toMatchObject({ status: 'passed' })
    requests.set(use, proxy.asked)
  }
})
afterAll(async () => {
  proxy.turn(undefined)
  await machine[Symbol.asyncDispose]()
  await proxy[Symbol.asyncDispose]()
})

test('every check that needs a sandbox has its turn', () => {
  expect(Object.keys(uses)).toEqual(needSandbox)
})

const malices: Malice[] = ['garbage', 'empty list', 'empty body', 'wrong types', 'error 500', 'breaks off']

test.each(malices)(
  'an engine that answers with %s never makes one pass',
  { timeout: 240_000 },
  async (malice) => {
    for (const [use, params] of Object.entries(uses)) {
      const last = (requests.get(use) ?? 0) - 1 - (afterwards[use] ?? 0)
      for (const honest of new Set([Math.min(1, last), last])) {
        proxy.turn(malice, honest)
        const verdict = await machine.check(use, params)
        expect(proxy.wronged, `${use} after ${honest}`).toBeGreaterThan(0)
        expect(verdict.status, `${use} after ${honest}: ${JSON.stringify(verdict)}`).not.toBe('passed')
        proxy.turn(undefined)
        await machine.flush()
      }
    }
  },
)
