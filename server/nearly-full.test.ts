import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Session } from './contract/session.ts'
import { run, sh, shellEnv } from './sandbox/suite-tools.ts'
import { call, type TestPlace, type TestServer, testPlace, testServer, until } from './test-server.ts'

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

test('a disk that is nearly full is told in its session before writing fails, and no more when there is room again', async () => {
  const told: Session['disk'][] = []
  const stop = server.services.feed.listen({
    session: ({ disk }) => void told.push(disk),
    notice() {},
  })
  const { body } = await call(`${server.url}/api/sessions`, 'POST', { lab: 'greet' })
  const at = `${server.url}/api/sessions/${body.id}`
  const disk = (is: (disk: Session['disk']) => boolean) =>
    until(
      async () => (await call(at, 'GET')).body as Session,
      (session) => session.state === 'ready' && is(session.disk),
    )
  await disk((now) => now === null)
  const { sandbox } = await server.services.workplaces.live(server.services.localUser, body.id)
  const most = `fallocate -l $(($(stat -f -c '%b * %S * 96 / 100 - (%b - %f) * %S' /home/student))) /home/student/most`
  await sh(sandbox, most, 'student')
  expect((await disk((now) => now !== null)).disk).toEqual({ used: 96, of: 'bytes' })
  const { code } = await run(sandbox, ['/usr/bin/touch', '/home/student/still'], {
    env: shellEnv,
    user: 'student',
  })
  expect(code).toBe(0)
  await sh(sandbox, 'rm /home/student/most', 'student')
  await disk((now) => now === null)

  const files = `mkdir /home/student/many; cd /home/student/many; seq $(($(stat -f -c '%c * 97 / 100 - (%c - %d)' /home/student))) | xargs touch`
  await sh(sandbox, files, 'student')
  await disk((now) => now?.of === 'files' && now.used >= 96)
  stop()
  expect(told).toContainEqual({ used: 96, of: 'bytes' })
  expect((await call(at, 'DELETE')).body.disk).toBeNull()
})
