import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from './clock.ts'
import { LOOK_MS } from './services/idle-watch.ts'
import { call, type TestPlace, testPlace, testServer, until } from './test-server.ts'

vi.setConfig({ testTimeout: 120_000 })

let place: TestPlace

beforeAll(async () => {
  place = await testPlace()
})

afterAll(async () => {
  expect(await place?.remove()).toEqual([])
})

const IDLE_MS = 500

/** A server whose looks for idle sandboxes come when a test asks for them. */
async function idleServer() {
  const looks = new Set<() => void>()
  const clock = {
    now: () => systemClock.now(),
    after(ms: number, fn: () => void) {
      if (ms !== LOOK_MS) return systemClock.after(ms, fn)
      looks.add(fn)
      return () => looks.delete(fn)
    },
  }
  const times = { limit: 1e9, extension: 1e9, extensions: 0, idle: IDLE_MS, grace: 0 }
  const server = await testServer(place, { clock, times })
  onTestFinished(() => server.close())
  const { body } = await call(`${server.url}/api/sessions`, 'POST', { lab: 'greet' })
  const at = `${server.url}/api/sessions/${body.id}`
  await until(
    () => call(at, 'GET'),
    ({ body }) => body.state === 'ready',
  )
  const marks = async () =>
    (await server.store.journal(body.id, 0)).flatMap((row) => (row.kind === 'mark' ? [row.reason] : []))
  const look = () => {
    const due = [...looks]
    looks.clear()
    for (const fn of due) fn()
  }
  return {
    at,
    id: body.id as string,
    server,
    marks,
    look,
    /** Looks, and again when whoever was there is gone for long. */
    async passes() {
      look()
      await new Promise<void>((resolve) => void systemClock.after(IDLE_MS + 50, resolve))
      look()
    },
  }
}

test('a sandbox that nobody uses stands still, and whoever comes back finds it going on', async () => {
  const { at, look, passes, marks, server, id } = await idleServer()
  look()
  look()
  expect(await marks()).toEqual([])
  await passes()
  await expect.poll(marks).toEqual(['freeze'])
  const { body } = await call(`${at}/checks`, 'POST')
  expect(body.tasks[0]).toMatchObject({ status: 'not-yet', code: 'not-greeted' })
  expect(await marks()).toEqual(['freeze', 'thaw'])

  {
    using _ = await server.services.workplaces.attend(id)
    await passes()
    await passes()
    expect(await marks()).toEqual(['freeze', 'thaw'])
  }
  await passes()
  await expect.poll(marks).toEqual(['freeze', 'thaw', 'freeze'])
  using _ = await server.services.workplaces.attend(id)
  expect(await marks()).toEqual(['freeze', 'thaw', 'freeze', 'thaw'])
})

test('one that stands still ends like any other, also by the next server', async () => {
  const { at, passes, marks, server } = await idleServer()
  await passes()
  await expect.poll(marks).toContain('freeze')
  await server.close()
  const later = await testServer(place)
  onTestFinished(() => later.close())
  const now = at.replace(server.url, later.url)
  await until(
    () => call(now, 'GET'),
    ({ body }) => body.engineReady,
  )
  const { body } = await call(`${now}/checks`, 'POST')
  expect(body.tasks[0]).toMatchObject({ status: 'not-yet' })
  expect((await call(now, 'DELETE')).body.state).toBe('ended')
})
