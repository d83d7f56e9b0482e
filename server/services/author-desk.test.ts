import { expect, test } from 'vitest'
import type { Lab } from '../../labs/lab-schema.ts'
import { systemClock } from '../clock.ts'
import { AuthorDesk, type AuthorDeskDeps } from './author-desk.ts'
import type { LiveSession } from './live-session.ts'
import { Turns } from './turns.ts'

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

test('a lab that is read again as it was is judged to its end', async () => {
  const lab = () => ({ slug: 'any', contentHash: 'new', tasks: [{ id: 'first' }, { id: 'second' }] }) as Lab
  let now = lab()
  const judged: string[] = []
  const turns = new Turns()
  const desk = new AuthorDesk({
    ...deps,
    catalogue: { find: () => now, problems: () => [] },
    turns,
    open: () => [{ id: 'one', lab: 'any', labHash: 'old' }],
    running: async () => ({ live: {} as LiveSession, lab: now }),
    labChanged() {},
    grader: {
      async grade(_live, _lab, [task]) {
        judged.push(task?.id ?? '')
        // Another file was saved meanwhile: the catalogue has the lab anew, and it is the same.
        now = lab()
        desk.reloaded()
        return []
      },
      async keep() {
        return undefined
      },
    },
    judged() {},
  })
  desk.reloaded()
  await turns.idle('one')
  expect(judged).toEqual(['first', 'second'])
})
