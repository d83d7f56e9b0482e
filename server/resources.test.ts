import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Session } from './contract/session.ts'
import { sh } from './sandbox/suite-tools.ts'
import { call, greet, type TestPlace, type TestServer, testPlace, testServer, until } from './test-server.ts'

vi.setConfig({ testTimeout: 120_000 })

const asking = (resources: string) => ({
  ...greet,
  'lab.yaml': `${greet['lab.yaml']}resources: ${resources}\n`,
})
const MiB = 1 << 20
const GiB = 1 << 30

let place: TestPlace
let server: TestServer
let kinds: boolean[]

beforeAll(async () => {
  kinds = []
  place = await testPlace({
    small: asking('{ memory: 512m, disk: 2g, pids: 300, cpus: 1 }'),
    greedy: asking('{ memory: 64g, disk: 1000g, pids: 5000 }'),
  })
  server = await testServer(place, {
    cap: { memoryBytes: 1536 * MiB, diskBytes: 6 * GiB, pids: 600, cpus: 0 },
    pool: { floor: 1, ceiling: 1 },
    measures: { started: (_, warm) => void kinds.push(warm), judged() {}, terminal() {} },
  })
})

afterAll(async () => {
  await server?.close()
  expect(await place?.remove()).toEqual([])
})

const at = (path: string) => `${server.url}/api/sessions${path}`

async function started(lab: string): Promise<Session> {
  await until(
    async () => server.services.pool.ready,
    (ready) => ready === 1,
  )
  const { body } = await call(at(''), 'POST', { lab })
  const session = await until(
    async () => (await call(at(`/${body.id}`), 'GET')).body as Session,
    ({ state }) => state === 'ready' || state === 'failed',
  )
  expect(session).toMatchObject({ state: 'ready', problem: null })
  return session
}

const sandboxOf = async ({ id }: Session) =>
  (await server.services.workplaces.live(server.services.localUser, id)).sandbox

/** As the kernel says it inside: the sandbox's own and, below it, that of all containers. */
async function limitsIn(session: Session) {
  const [memory, pids, own, disk] = (
    await sh(
      await sandboxOf(session),
      `read() { cat /sys/fs/cgroup/$1 2> /dev/null || cat /sys/fs/cgroup/$2; }
      read memory/memory.limit_in_bytes memory.max
      read pids/student/pids.max student/pids.max
      read memory/student/memory.limit_in_bytes student/memory.max
      stat -f -c '%b * %S' / | xargs -d '\\n' -I{} sh -c 'echo $(({}))'`,
    )
  )
    .split('\n')
    .map(Number)
  return { memory, pids, own, disk }
}

test('a lab that asks for less gets that, and the page is told', async () => {
  const session = await started('small')
  expect(session.size).toEqual({ memoryBytes: 512 * MiB, diskBytes: 2 * GiB, pids: 300, cpus: 1 })
  const { memory, pids, own, disk } = await limitsIn(session)
  expect([memory, pids, own]).toEqual([512 * MiB, 210, 400 * MiB])
  expect(disk).toBeGreaterThan(1.8 * GiB)
  expect(disk).toBeLessThan(2 * GiB)
  expect(kinds.splice(0), 'one that was started ahead is of the usual size').toEqual([false])

  // What the student keeps and goes back to has the size of the session.
  const { status } = await call(at(`/${session.id}/checkpoints`), 'POST', { name: 'kept' })
  expect(status).toBe(201)
  const { checkpoints } = (await call(at(`/${session.id}`), 'GET')).body as Session
  const reset = await call(at(`/${session.id}/reset`), 'POST', { checkpoint: checkpoints[0]?.id })
  expect(reset.status).toBe(200)
  expect(await limitsIn(session)).toMatchObject({ memory: 512 * MiB, pids: 210 })
  await call(at(`/${session.id}`), 'DELETE')
})

test('a lab that asks for more than the installation gives gets what it gives', async () => {
  const session = await started('greedy')
  expect(session.size).toEqual({ memoryBytes: 1536 * MiB, diskBytes: 6 * GiB, pids: 600, cpus: null })
  expect(await limitsIn(session)).toMatchObject({ memory: 1536 * MiB, pids: 420, own: 1200 * MiB })
  const stats = await (await sandboxOf(session)).stats()
  expect(stats.diskLimitBytes).toBeGreaterThan(5.5 * GiB)
  await call(at(`/${session.id}`), 'DELETE')
})

test('one that asks for nothing gets one that was started ahead', async () => {
  kinds.length = 0
  const session = await started('greet')
  expect(kinds).toEqual([true])
  expect(session.size).toEqual({ memoryBytes: GiB, diskBytes: 4 * GiB, pids: 500, cpus: null })
  expect(await limitsIn(session)).toMatchObject({ memory: GiB, pids: 350, own: 800 * MiB })
  await call(at(`/${session.id}`), 'DELETE')
})
