import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import type { Session } from './contract/session.ts'
import { runScript } from './services/run-script.ts'
import { call, type TestPlace, type TestServer, testPlace, testServer, until } from './test-server.ts'

/** A disk of its own for the database, small enough to be filled. */
const dataDir = mkdtempSync(join(tmpdir(), 'drydock-small-disk-'))
let place: TestPlace
let server: TestServer

beforeAll(async () => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'drydock-test', dataDir])
  place = await testPlace()
  server = await testServer({ ...place, config: { ...place.config, dataDir } })
})

afterAll(async () => {
  await server?.close()
  execFileSync('umount', [dataDir])
  rmSync(dataDir, { recursive: true })
  // A submission keeps the machine as it was submitted.
  expect(await place?.remove()).toEqual([expect.stringMatching(/^[0-9a-f]{16}-[0-9a-f]{8}$/)])
})

const at = (path: string) => `${server.url}/api/sessions${path}`

function fillDisk(): () => void {
  const file = join(dataDir, 'filler')
  for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
  return () => rmSync(file)
}

test('a full disk is said, nothing stored is lost, and with room again all goes on', async () => {
  const { body } = await call(at(''), 'POST', { lab: 'greet' })
  const path = `/${body.id}`
  const see = async () => (await call(at(path), 'GET')).body as Session
  await until(see, ({ state }) => state === 'ready')
  const answer = { task: 'say', field: 'word', value: '0' }
  await call(at(`${path}/answers`), 'POST', answer)
  const before = (await call(at(`${path}/checks`), 'POST', {})).body.tasks

  const makeRoom = fillDisk()
  // What fits into the log that is already there is still taken: answer until it is full.
  const refused = await until(
    () => call(at(`${path}/answers`), 'POST', { ...answer, value: 'x'.repeat(500) }),
    ({ status }) => status !== 200,
  )
  expect([refused.status, refused.body.code]).toEqual([500, 'store-failed'])
  expect(refused.body.hint).toMatch(/room on the disk/)
  expect((await call(at(`${path}/checks`), 'POST', {})).body.code).toBe('store-failed')
  expect((await call(at(''), 'POST', { lab: 'slow' })).body.code).toBe('store-failed')
  const { sandbox } = await server.services.workplaces.live(server.services.localUser, body.id)
  const options = { clock: systemClock, timeoutMs: 30_000, maxBytes: 1_000 }
  await runScript(sandbox, 'docker run --name greeter busybox:1 true', options)
  expect(await runScript(sandbox, 'answer word 0', options)).toMatchObject({
    exitCode: 1,
    output: expect.stringContaining('could not be stored'),
  })
  const meanwhile = await see()
  expect(meanwhile.state).toBe('ready')
  expect(meanwhile.tasks).toEqual(before)
  expect((await call(`${server.url}/api/health`, 'GET')).body.status).toBe('ok')

  makeRoom()
  expect((await call(at(`${path}/answers`), 'POST', answer)).status).toBe(200)
  const after = await call(at(`${path}/checks`), 'POST', {})
  expect(after.body.tasks).toMatchObject([{ status: 'passed' }, { status: 'passed' }])

  // Ending frees the sandbox's disk also when the database cannot say so yet.
  const makeRoomAgain = fillDisk()
  await until(
    () => call(at(`${path}/answers`), 'POST', { ...answer, value: 'x'.repeat(500) }),
    ({ status }) => status !== 200,
  )
  expect((await call(at(path), 'DELETE')).body.code).toBe('store-failed')
  expect(await sandbox.state()).toBe('gone')
  makeRoomAgain()
  expect((await call(at(path), 'DELETE')).body).toMatchObject({ state: 'ended', tasks: after.body.tasks })
})

test('a submission that does not fit on the disk is refused whole, and the same again is taken with room', async () => {
  const { body } = await call(at(''), 'POST', { lab: 'greet' })
  const path = `/${body.id}`
  const see = async () => (await call(at(path), 'GET')).body as Session
  await until(see, ({ state }) => state === 'ready')
  const { sandbox } = await server.services.workplaces.live(server.services.localUser, body.id)
  const options = { clock: systemClock, timeoutMs: 30_000, maxBytes: 1_000 }
  await runScript(sandbox, 'docker run --name greeter busybox:1 true', options)
  const before = await until(see, ({ tasks }) => tasks[0]?.status === 'passed')

  const makeRoom = fillDisk()
  const answer = { task: 'say', field: 'word', value: 'x'.repeat(500) }
  await until(
    () => call(at(`${path}/answers`), 'POST', answer),
    ({ status }) => status === 500,
  )
  for (const given of [{}, { anyway: true }]) {
    const refused = await call(at(`${path}/submission`), 'POST', given)
    expect([refused.status, refused.body.code]).toEqual([500, 'store-failed'])
  }
  const meanwhile = await see()
  expect(meanwhile).toMatchObject({ state: 'ready', submission: null })
  expect(meanwhile.tasks[0]).toEqual(before.tasks[0])
  expect(await server.store.receipt(body.id)).toBeUndefined()

  makeRoom()
  const submitted = await call(at(`${path}/submission`), 'POST', {})
  expect(submitted.body.submission.tasks).toMatchObject([{ passed: true }, { passed: false }])
  const over = await until(see, ({ state }) => state === 'ended')
  expect(over.submission?.receipt).toEqual(expect.any(String))
})
