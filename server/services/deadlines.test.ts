import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import type { Clock } from '../clock.ts'
import { newSandboxId } from '../sandbox/sandbox-id.ts'
import { openSqliteStore } from '../store/sql/open-sqlite.ts'
import { TestClock } from '../test-clock.ts'
import { Deadlines, TICK_MS } from './deadlines.ts'

const HOUR = 3_600_000

/** Two sessions, `short` with an hour and `long` with two, on a clock that a test moves and sets. */
async function place({ submitting = () => false }: { submitting?: (id: string) => boolean } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'drydock-deadlines-'))
  const store = await openSqliteStore(dir)
  await store.putUser({ id: 'ann', name: 'Ann', role: 'student' })
  for (const [id, endsAt] of [
    ['short', HOUR],
    ['long', 2 * HOUR],
  ] as const) {
    const named = { id, owner: 'ann', lab: id, labHash: '', sandbox: newSandboxId(), seed: '', createdAt: 0 }
    await store.addSession(named, 5)
    await store.changeSession(id, ['requested'], { state: 'ready', readyAt: 0, endsAt })
  }
  const test = new TestClock()
  let setBy = 0
  const clock: Clock = { now: () => test.now() + setBy, after: (ms, fn) => test.after(ms, fn) }
  const ended: string[] = []
  let looks = 0
  const counted = {
    openSessions: async () => {
      const open = await store.openSessions()
      looks += 1
      return open
    },
    changeSession: store.changeSession.bind(store),
  }
  const begin = async () => {
    const deadlines = new Deadlines({
      store: counted,
      clock,
      log: pino({ level: 'silent' }),
      submitting,
      async end({ id }) {
        await store.changeSession(id, ['ready'], { state: 'ended' })
        ended.push(id)
      },
      changed() {},
    })
    const before = looks
    deadlines.start()
    await expect.poll(() => looks).toBe(before + 1)
    return deadlines
  }
  const deadlines = await begin()
  onTestFinished(async () => {
    await deadlines.close()
    await store.close()
    rmSync(dir, { recursive: true })
  })
  return {
    ended,
    begin,
    deadlines,
    /** One look after this much time. */
    async look() {
      const before = looks
      await expect
        .poll(async () => {
          if (looks === before) await test.pass(TICK_MS)
          return looks
        })
        .toBeGreaterThan(before)
    },
    set: (ms: number) => {
      setBy += ms
    },
    endsAt: async (id: string) => (await store.session(id))?.endsAt,
  }
}

test('a session whose time is over is ended, and no other', async () => {
  const { ended, look, endsAt, deadlines, begin, set } = await place()
  await look()
  expect(ended).toEqual([])
  await deadlines.close()
  // The server was away meanwhile.
  set(HOUR)
  const later = await begin()
  await expect.poll(() => ended).toEqual(['short'])
  expect(await endsAt('long')).toBe(2 * HOUR)
  await later.close()
})

test('a clock that is set takes no time and gives none', async () => {
  const { ended, look, set, endsAt } = await place()
  await look()
  set(30 * HOUR)
  await look()
  await expect.poll(async () => Math.round((((await endsAt('short')) ?? 0) - HOUR) / HOUR)).toBe(30)
  await look()
  set(-30 * HOUR)
  await look()
  await expect.poll(async () => Math.round(((await endsAt('short')) ?? 0) / HOUR)).toBe(1)
  await look()
  expect(ended).toEqual([])
})

test('who handed in is not cut short', async () => {
  const handedIn = new Set(['short'])
  const { ended, deadlines, begin, set } = await place({ submitting: (id) => handedIn.has(id) })
  await deadlines.close()
  set(3 * HOUR)
  const later = await begin()
  await expect.poll(() => ended).toEqual(['long'])
  await later.close()
})
