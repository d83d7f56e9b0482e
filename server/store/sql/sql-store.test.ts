import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { JournalRow } from '../../../checks/check.ts'
import type { Store } from '../store.ts'
import { storeSuite } from '../store-suite.ts'
import { openDatabase, openSqliteStore, storeOver } from './open-sqlite.ts'

function dataDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'drydock-store-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

async function withUsers<S extends Store>(store: S): Promise<S> {
  await store.putUser({ id: 'ann', name: 'Ann', role: 'student' })
  await store.putUser({ id: 'bob', name: 'Bob', role: 'student' })
  return store
}

const newSession = { owner: 'ann', lab: 'oom', labHash: 'h', seed: 's', createdAt: 1 }

function events(from: number, count: number): JournalRow[] {
  const attributes = { filler: 'x'.repeat(900) }
  return Array.from({ length: count }, (_, i) => ({
    kind: 'event',
    seq: from + i,
    timeNano: '1',
    type: 'container',
    action: 'start',
    actorId: 'a',
    attributes,
  }))
}

describe('SQLite', () => {
  storeSuite(async () => {
    const dir = dataDir()
    let store = await withUsers(await openSqliteStore(dir))
    onTestFinished(() => store.close())
    return {
      store,
      async reopen() {
        await store.close()
        store = await openSqliteStore(dir)
        return store
      },
    }
  })
})

test('a full disk is said, loses nothing, and is over when there is room again', async () => {
  const database = openDatabase(join(dataDir(), 'drydock.sqlite'))
  const store = await withUsers(await storeOver(database))
  onTestFinished(() => store.close())
  const added = await store.addSession({ ...newSession, id: 's1', sandbox: 'b1' }, 5)
  await store.appendJournal('s1', events(1, 10))

  const pages = database.pragma('page_count', { simple: true }) as number
  database.pragma(`max_page_count = ${pages}`)
  await expect(store.appendJournal('s1', events(11, 500))).rejects.toMatchObject({ code: 'store-failed' })
  expect(added).toMatchObject({ session: await store.session('s1') })
  expect(await store.lastJournalSeq('s1')).toBe(10)

  database.pragma(`max_page_count = ${pages + 10_000}`)
  await store.appendJournal('s1', events(11, 500))
  expect(await store.lastJournalSeq('s1')).toBe(510)
})

test('a database that became read-only is said', async () => {
  const database = openDatabase(join(dataDir(), 'drydock.sqlite'))
  const store = await withUsers(await storeOver(database))
  onTestFinished(() => store.close())
  database.pragma('query_only = ON')
  const added = store.addSession({ ...newSession, id: 's1', sandbox: 'b1' }, 5)
  await expect(added).rejects.toMatchObject({ code: 'store-failed' })
  expect(await store.openSessions()).toEqual([])
})

test('a second server on the same data directory is refused while the first lives', async () => {
  const dir = dataDir()
  const first = await openSqliteStore(dir)
  await expect(openSqliteStore(dir)).rejects.toMatchObject({ code: 'data-dir-in-use' })
  await first.close()
  const second = await openSqliteStore(dir)
  await second.close()
})

test('a server killed in the middle of its writing lets go of the directory and loses nothing it had kept', async () => {
  const dir = dataDir()
  const module = new URL('./open-sqlite.ts', import.meta.url).href
  const script = `
    const { openSqliteStore } = await import('${module}')
    const store = await openSqliteStore(process.argv[1])
    await store.putUser({ id: 'ann', name: 'Ann', role: 'student' })
    for (let i = 1; ; i += 1) {
      await store.putUser({ id: 'u' + i, name: 'U', role: 'student' })
      process.stdout.write(i + '\\n')
      await new Promise(setImmediate)
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1')
      if (said.split('\n').length > 50) resolve()
    })
  })
  await expect(openSqliteStore(dir)).rejects.toMatchObject({ code: 'data-dir-in-use' })
  child.kill('SIGKILL')
  await once(child, 'close')

  const store = await openSqliteStore(dir)
  onTestFinished(() => store.close())
  const last = said.split('\n').at(-2)
  expect(await store.user(`u${last}`)).toBeDefined()
})

test('a directory that cannot be made is said with its name', async () => {
  const file = join(dataDir(), 'a-file')
  writeFileSync(file, '')
  await expect(openSqliteStore(join(file, 'data'))).rejects.toMatchObject({
    code: 'store-failed',
    message: expect.stringContaining('a-file'),
  })
})
