import { expect, test } from 'vitest'
import type { JournalEvent } from '../../checks/check.ts'
import { checks } from '../../checks/registry.ts'
import type { Lab, LabTask } from '../../labs/lab-schema.ts'
import { systemClock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import type { GradedTask } from './grade-tasks.ts'
import { LiveGrading } from './live-grading.ts'
import type { LiveSession } from './live-session.ts'
import { Turns } from './turns.ts'

const task = (id: string, ref: string) =>
  ({ id, checks: [{ use: 'object_exists', with: { ref }, codes: {}, messages: {} }] }) as unknown as LabTask
const lab = { slug: 'lab', tasks: [task('t1', 'web'), task('t2', 'web')] } as unknown as Lab

const event: JournalEvent = {
  kind: 'event',
  seq: 1,
  timeNano: '1',
  type: 'container',
  action: 'create',
  actorId: 'c1',
  attributes: { name: 'web' },
}

/** Grading whose runs last until they are let go; says which began. */
function open(
  options: { outcome?: () => Pick<GradedTask, 'status' | 'code'>; hold?: boolean; full?: () => boolean } = {},
) {
  const began: string[] = []
  const kept: string[] = []
  const held: (() => void)[] = []
  const waiting: { count: number; tell: () => void }[] = []
  const turns = new Turns()
  const grading = new LiveGrading({
    clock: systemClock,
    log: { warn: () => {} },
    turns,
    grader: {
      checksOf: () => checks,
      unsettled: async (_session, tasks) => [...tasks],
      async grade(live, _lab, tasks) {
        began.push(...tasks.map(({ id }) => `${live.record.id} ${id}`))
        for (const each of waiting) if (began.length >= each.count) each.tell()
        if (options.hold) await new Promise<void>((resolve) => held.push(resolve))
        return tasks.map(({ id }) => ({
          task: id,
          checks: [],
          ...(options.outcome?.() ?? { status: 'passed', code: 'passed' }),
        }))
      },
      async keep(live, _lab, graded, kind) {
        if (options.full?.()) throw new DrydockError('store-failed')
        kept.push(...graded.map(({ task, status }) => `${live.record.id} ${task} ${status} ${kind}`))
        return undefined
      },
      async lookAfter() {
        throw new Error('nothing was kept')
      },
    },
    labOf: () => lab,
    running: async (id) => ({ live: { record: { id } } as LiveSession, lab }),
    changed: () => {},
  })
  return {
    grading,
    turns,
    began,
    kept,
    held,
    begun: (count: number) =>
      new Promise<void>((tell) => {
        if (began.length >= count) tell()
        else waiting.push({ count, tell })
      }),
  }
}

test('an event runs the tasks that it affects, one after the other, and in the turns of the session', async () => {
  const { grading, turns, began, kept, begun } = open()
  const first = Promise.withResolvers<void>()
  const asked = turns.run('s1', () => first.promise)
  grading.rows('s1', [event])
  grading.rows('s2', [event])
  await begun(2)
  expect(began).toEqual(['s2 t1', 's2 t2'])
  first.resolve()
  await asked
  await begun(4)
  expect(began.slice(2)).toEqual(['s1 t1', 's1 t2'])
  await grading.close()
  expect(kept).toHaveLength(4)
})

test('a session with a flood of events has one run at a time, and the others get theirs', async () => {
  const { grading, began, held, begun } = open({ hold: true })
  for (const id of ['loud', 'a', 'b', 'c', 'd', 'e']) grading.rows(id, [event])
  await begun(4)
  // All slots are taken; what comes now waits in line, once for each session.
  for (let i = 0; i < 10_000; i += 1) grading.rows('loud', [event])
  expect(began).toEqual(['loud t1', 'a t1', 'b t1', 'c t1'])
  for (let count = 5; count <= 11; count += 1) {
    for (let i = 0; i < 100; i += 1) grading.rows('loud', [event])
    held.shift()?.()
    await begun(count)
  }
  const firsts = began.filter((each) => each.endsWith('t1'))
  // Each of the others had its run before the loud one had its second.
  expect(firsts).toEqual(['loud t1', 'a t1', 'b t1', 'c t1', 'd t1', 'e t1', 'loud t1'])
  const closed = grading.close()
  for (const release of held) release()
  await closed
})

test('what is broken is tried again by itself, and at once when the engine answers again', async () => {
  let up = false
  const { grading, kept, began, begun } = open({
    outcome: () => (up ? { status: 'passed', code: 'passed' } : { status: 'broken', code: 'engine-down' }),
  })
  grading.rows('s1', [event])
  await begun(4)
  up = true
  grading.answers('s1')
  await begun(6)
  await grading.close()
  expect(began.slice(0, 6).filter((each) => each === 's1 t1')).toHaveLength(3)
  expect(kept.at(-1)).toBe('s1 t2 passed live')
})

test('a verdict that the store did not take is judged again', async () => {
  let asked = 0
  const { grading, kept, begun } = open({
    full: () => {
      asked += 1
      return asked <= 2
    },
  })
  grading.rows('s1', [event])
  await begun(4)
  await grading.close()
  expect(kept).toEqual(['s1 t1 passed live', 's1 t2 passed live'])
})

test('while a session waits for a turn it takes no slot from others', async () => {
  const { grading, turns, began, begun } = open()
  const long = Promise.withResolvers<void>()
  const ids = ['a', 'b', 'c', 'd']
  const held = ids.map((id) => turns.run(id, () => long.promise))
  for (const id of ids) grading.rows(id, [event])
  grading.rows('free', [event])
  await begun(2)
  expect(began).toEqual(['free t1', 'free t2'])
  long.resolve()
  await Promise.all(held)
  await begun(10)
  await grading.close()
})

test('a session that was left, or a server that stops, runs nothing more', async () => {
  const { grading, began, begun } = open()
  grading.rows('s1', [event])
  grading.left('s1')
  grading.rows('s2', [event])
  await begun(2)
  await grading.close()
  grading.rows('s3', [event])
  expect(began).toEqual(['s2 t1', 's2 t2'])
})
