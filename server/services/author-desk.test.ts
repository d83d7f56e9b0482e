import { expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { AuthorDesk, type AuthorDeskDeps } from './author-desk.ts'

const deps = {
  access: { session: async () => ({ lab: 'any' }) },
  catalogue: { find: () => undefined, problems: () => [] },
  clock: systemClock,
} as unknown as AuthorDeskDeps

test('an author sees how often tasks of the session could not be judged, by code', async () => {
  const desk = new AuthorDesk(deps)
  const user = { id: 'ann', name: 'Ann', role: 'admin' } as const
  expect(await desk.view(user, 'one')).toMatchObject({ broken: { tasks: 0, byCode: {} } })
  const broken = { task: 't', status: 'broken', code: 'timeout', checks: [] } as const
  desk.graded('one', [{ ...broken, checks: [] }])
  desk.graded('one', [
    { ...broken, checks: [] },
    { task: 'u', status: 'passed', code: 'passed', checks: [] },
  ])
  desk.graded('other', [{ ...broken, checks: [] }])
  expect(await desk.view(user, 'one')).toMatchObject({ broken: { tasks: 2, byCode: { timeout: 2 } } })
})
