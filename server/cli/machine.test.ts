import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { openSqliteStore } from '../store/sql/open-sqlite.ts'
import { machine } from './machine.ts'

const empty = mkdtempSync(join(tmpdir(), 'drydock-machine-'))
const dataDir = mkdtempSync(join(tmpdir(), 'drydock-machine-'))

beforeAll(async () => {
  await (await openSqliteStore(empty)).close()
  const store = await openSqliteStore(dataDir)
  await store.putUser({ id: 'ann', name: 'Ann', role: 'student' })
  for (const [id, note] of [
    ['kept', null],
    ['large', 'It was larger than what is kept.'],
  ] as const) {
    const session = { id, owner: 'ann', lab: 'oom', labHash: 'h', sandbox: id, seed: 's', createdAt: 1 }
    await store.addSession(session, 5)
    const at = Date.UTC(2026, 10, 26, 5, 35)
    const keepUntil = Date.UTC(2026, 11, 26)
    await store.addCheckpoint({ id, session: id, kind: 'submitted', task: null, name: null, at, keepUntil })
    await store.finishCheckpoint(id, { bytes: 40_000_000, since: 1, note })
    await store.changeSession(id, ['requested'], { state: 'failed' })
  }
  await store.close()
})
afterAll(() => {
  for (const folder of [empty, dataDir]) rmSync(folder, { recursive: true, force: true })
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

/** Runs it as somebody would, with what it said on both outputs. */
async function run(folder: string, ...args: string[]) {
  vi.stubEnv('DRYDOCK_DATA_DIR', folder)
  const out: string[] = []
  const err: string[] = []
  vi.spyOn(console, 'error').mockImplementation((line) => void err.push(line))
  const code = await machine({ args, signal: new AbortController().signal, print: (line) => out.push(line) })
  return { code, out, err }
}

test('lists who submitted which lab when, and says why there is no copy of one', async () => {
  expect((await run(dataDir, 'list')).out).toEqual([
    'kept  oom  Ann  submitted 2026-11-26 05:35 UTC  39 MiB  kept until 2026-12-26',
    'large  oom  Ann  submitted 2026-11-26 05:35 UTC  It was larger than what is kept.',
  ])
})

test('says that none is kept rather than nothing', async () => {
  expect(await run(empty, 'list')).toEqual({ code: 0, out: ['No submitted machine is kept.'], err: [] })
  expect((await run(empty, 'list', '--json')).out).toEqual(['[]'])
})

test('an unknown session is told where the known ones are', async () => {
  await expect(run(dataDir, 'open', 'nosuch', '--command', 'true')).rejects.toMatchObject({
    code: 'machine-unknown',
  })
  await expect(run(dataDir, 'open', 'large', '--command', 'true')).rejects.toMatchObject({
    code: 'machine-unknown',
    message: 'It was larger than what is kept.',
  })
})

test('a shell needs a terminal, which is said before anything is made', async () => {
  const { code, err } = await run(dataDir, 'open', 'kept')
  expect(code).toBe(2)
  expect(err).toEqual(['A shell needs a terminal. Without one, say what to run with --command.'])
})
