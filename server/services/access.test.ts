import { expect, test } from 'vitest'
import type { SessionRecord, UserRecord } from '../store/store.ts'
import { TestClock } from '../test-clock.ts'
import { Access } from './access.ts'

const HOUR = 3_600_000
const student: UserRecord = { id: 'ann', name: 'Ann', role: 'student' }

function access(grace: number, session: Partial<SessionRecord>) {
  const clock = new TestClock()
  const record = { id: 's', owner: 'ann', ...session } as SessionRecord
  const store = { session: async (id: string) => (id === 's' ? record : undefined) }
  return { clock, access: new Access({ store, clock, graceOf: () => grace }) }
}

test('a session is its owner’s alone', async () => {
  const { access: door } = access(0, { endedAt: null })
  expect(await door.session(student, 's')).toMatchObject({ id: 's' })
  for (const [user, id] of [
    [student, 'other'],
    [{ ...student, id: 'bob' }, 's'],
    [{ ...student, id: 'bob', role: 'admin' as const }, 's'],
  ] as const)
    await expect(door.session(user, id)).rejects.toMatchObject({ code: 'session-unknown' })
})

test('a student reads what came of a session for its grace, and for good where it has none', async () => {
  const { clock, access: door } = access(2 * HOUR, { endedAt: HOUR })
  await clock.pass(3 * HOUR)
  expect(await door.session(student, 's')).toMatchObject({ id: 's' })
  await clock.pass(1)
  await expect(door.session(student, 's')).rejects.toMatchObject({ code: 'results-closed' })
  expect(await door.session({ ...student, role: 'instructor' }, 's')).toMatchObject({ id: 's' })

  const open = access(0, { endedAt: HOUR })
  await open.clock.pass(10_000 * HOUR)
  expect(await open.access.session(student, 's')).toMatchObject({ id: 's' })
  const running = access(HOUR, { endedAt: null })
  await running.clock.pass(10 * HOUR)
  expect(await running.access.session(student, 's')).toMatchObject({ id: 's' })
})
