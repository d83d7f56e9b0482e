import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { machineAlarms } from './sandbox/limits.ts'
import { run, shellEnv } from './sandbox/suite-tools.ts'
import { type TestPlace, type TestServer, testPlace, testServer, until } from './test-server.ts'

vi.setConfig({ testTimeout: 120_000 })

let place: TestPlace
let server: TestServer

beforeAll(async () => {
  place = await testPlace()
  server = await testServer(place)
})

afterAll(async () => {
  await server?.close()
  expect(await place?.remove()).toEqual([])
})

async function session(user: { id: string; name: string; role: 'student' }): Promise<string> {
  await server.store.putUser(user)
  const { session } = await server.services.sessions.start(user, 'greet')
  await until(
    () => server.services.sessions.get(user, session.id),
    ({ state }) => state === 'ready',
  )
  return session.id
}

const cgroups = async () =>
  Math.max(
    ...(await readFile('/proc/cgroups', 'utf8'))
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split('\t')[2] ?? 0)),
  )
const ptys = async () => Number(await readFile('/proc/sys/kernel/pty/nr', 'utf8'))

const takeAll = {
  cgroups: `seq -f /sys/fs/cgroup/memory/c%g ${machineAlarms.cgroups.value + 500} | xargs mkdir`,
  ptys: `for _ in $(seq ${machineAlarms.ptys.value + 500}); do exec {fd}<> /dev/ptmx; done; sleep 100`,
}

test.each([
  ['cgroups', cgroups],
  ['ptys', ptys],
] as const)('who takes the %s of all is ended and told why, and the others go on', async (what, taken) => {
  const [greedy, other] = [
    { id: `greedy-${what}`, name: 'Greedy', role: 'student' as const },
    { id: `other-${what}`, name: 'Other', role: 'student' as const },
  ]
  const [id, neighbour] = [await session(greedy), await session(other)]
  onTestFinished(async () => void (await server.services.sessions.end(other, neighbour)))
  const before = await taken()
  const { live } = await server.services.workplaces.ready(greedy, id)
  const process = await live.sandbox.exec({ argv: ['/bin/bash', '-c', takeAll[what]], env: shellEnv })
  let said = ''
  process.stream.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8')
  })
  const ended = await until(
    () => server.services.sessions.get(greedy, id),
    ({ state }) => state === 'failed',
    60_000,
  )
  expect(ended.problem, said + process.stderr()).toMatchObject({ code: 'sandbox-hoarding' })
  await until(taken, (now) => now < before + 100, 60_000)
  await until(
    () => live.sandbox.state(),
    (state) => state === 'gone',
  )

  const { live: theirs } = await server.services.workplaces.ready(other, neighbour)
  expect(await run(theirs.sandbox, ['/bin/true'])).toMatchObject({ code: 0 })
  const again = await session(greedy)
  expect(again).not.toBe(id)
  await server.services.sessions.end(greedy, again)
})
