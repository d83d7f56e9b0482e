import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import type { Session } from './contract/session.ts'
import { call, type TestPlace, testPlace, testServer, until } from './test-server.ts'

vi.setConfig({ testTimeout: 120_000 })

let place: TestPlace

beforeAll(async () => {
  place = await testPlace()
})

afterAll(async () => {
  expect(await place?.remove()).toEqual([])
})

const sessionThat = async (at: string, is: (session: Session) => boolean): Promise<Session> => {
  const { body } = await until(
    () => call(at, 'GET'),
    ({ body }) => is(body),
  )
  return body
}

test('on a full machine the next waits, keeps the place over a restart of the server, and starts when somebody ends', async () => {
  const server = await testServer(place, { seats: 1 })
  const first = await call(`${server.url}/api/sessions`, 'POST', { lab: 'greet' })
  const firstAt = `/api/sessions/${first.body.id}`
  await sessionThat(server.url + firstAt, ({ state }) => state === 'ready')
  const second = await call(`${server.url}/api/sessions`, 'POST', { lab: 'slow' })
  const secondAt = `/api/sessions/${second.body.id}`
  const full = await sessionThat(server.url + secondAt, ({ waiting }) => waiting?.startsIn === null)
  expect(full).toMatchObject({ state: 'requested', waiting: { place: 1 }, begunAt: null })
  // Asking twice is one place.
  const again = await call(`${server.url}/api/sessions`, 'POST', { lab: 'slow' })
  expect([again.status, again.body.id]).toEqual([200, second.body.id])
  await server.close()

  const later = await testServer(place, { seats: 1 })
  onTestFinished(() => later.close())
  await sessionThat(later.url + secondAt, ({ waiting }) => waiting?.startsIn === null)
  await sessionThat(later.url + firstAt, ({ engineReady }) => engineReady)
  const room = Date.now()
  await call(later.url + firstAt, 'DELETE')
  const begun = await sessionThat(later.url + secondAt, ({ engineReady }) => engineReady)
  expect(begun.waiting).toBeNull()
  expect(Date.parse(begun.begunAt ?? '')).toBeGreaterThanOrEqual(room)
  await call(later.url + secondAt, 'DELETE')
})

test('a sandbox in which the lab is still being prepared has its seat', async () => {
  const server = await testServer(place, { seats: 1 })
  onTestFinished(() => server.close())
  const start = async (lab: string) =>
    `${server.url}/api/sessions/${(await call(`${server.url}/api/sessions`, 'POST', { lab })).body.id}`
  const first = await start('slow')
  expect(await sessionThat(first, ({ engineReady }) => engineReady)).toMatchObject({ state: 'starting' })
  const second = await start('greet')
  const waits = await sessionThat(
    second,
    ({ waiting, state }) => waiting?.startsIn === null || state !== 'requested',
  )
  expect(waits.state).toBe('requested')
  await call(second, 'DELETE')
  await call(first, 'DELETE')
})

test('who gives up while waiting is gone from the line', async () => {
  const server = await testServer(place, { seats: 1 })
  onTestFinished(() => server.close())
  const ids: string[] = []
  for (const lab of ['greet', 'slow', 'fails-in-setup']) {
    const { body } = await call(`${server.url}/api/sessions`, 'POST', { lab })
    ids.push(`${server.url}/api/sessions/${body.id}`)
  }
  const [first = '', second = '', third = ''] = ids
  await sessionThat(third, ({ waiting }) => waiting?.place === 2)
  expect((await call(second, 'DELETE')).body).toMatchObject({ state: 'ended', waiting: null })
  await sessionThat(third, ({ waiting }) => waiting?.place === 1)
  await call(first, 'DELETE')
  await sessionThat(third, ({ state }) => state === 'failed')
})

test('who starts a lab anew keeps the seat on a full machine, and the verdicts of before', async () => {
  const server = await testServer(place, { seats: 1 })
  onTestFinished(() => server.close())
  const sessions = `${server.url}/api/sessions`
  const first = (await call(sessions, 'POST', { lab: 'greet' })).body.id
  const at = (id: string) => `${sessions}/${id}`
  await sessionThat(at(first), ({ state }) => state === 'ready')
  await call(`${at(first)}/checks`, 'POST', {})
  const waits = (await call(sessions, 'POST', { lab: 'slow' })).body.id
  await sessionThat(at(waits), ({ waiting }) => waiting?.startsIn === null)
  const sandbox = (await server.store.session(first))?.sandbox

  const [anew, twice] = await Promise.all([
    call(`${at(first)}/anew`, 'POST'),
    call(`${at(first)}/anew`, 'POST'),
  ])
  expect([anew.status, anew.body.lab, twice.body.id]).toEqual([200, 'greet', anew.body.id])
  const begun = await sessionThat(at(anew.body.id), ({ state }) => state === 'ready')
  expect(begun.tasks.map(({ status }) => status)).toEqual(['unchecked', 'unchecked'])
  expect((await server.store.session(anew.body.id))?.sandbox).not.toBe(sandbox)
  expect((await call(at(waits), 'GET')).body.state).toBe('requested')
  const { body: before } = await call(at(first), 'GET')
  expect(before.state).toBe('ended')
  expect(before.tasks[0].verdicts).not.toEqual([])
  const { body: list } = await call(sessions, 'GET')
  expect(list.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining([first, anew.body.id]))
  await call(at(waits), 'DELETE')
  await call(at(anew.body.id), 'DELETE')
})
