import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Check, JournalEvent, JournalRow } from '../../checks/check.ts'
import { checks } from '../../checks/registry.ts'
import { AffectedTasks, isLive } from './affected-tasks.ts'

const use = (name: string, params: Record<string, unknown>) => ({
  use: name,
  with: params,
  codes: {},
  messages: {},
})
const tasks = [
  { id: 'web', checks: [use('field', { ref: 'web', path: 'State.Running', eq: true })] },
  { id: 'net', checks: [use('object_exists', { kind: 'network', ref: 'own' })] },
]

let seq = 0
function event(change: Partial<JournalEvent>): JournalEvent {
  seq += 1
  const about = { type: 'container', action: 'start', actorId: 'c1', attributes: { name: 'web' } }
  return { kind: 'event', seq, timeNano: `${seq}`, ...about, ...change }
}

test('a row affects the tasks whose checks ask about it', () => {
  const affected = new AffectedTasks(checks)
  const by = (rows: JournalRow[]) => [...affected.by(rows, tasks)]
  expect(by([event({})])).toEqual(['web'])
  expect(by([event({ attributes: { name: 'other' } })])).toEqual([])
  expect(
    by([event({ type: 'network', action: 'create', actorId: 'n', attributes: { name: 'own' } })]),
  ).toContain('net')
  expect(by([{ kind: 'gap', seq: 9, timeNano: '9', reason: 'lost' }])).toEqual([])
  expect(by([event({ type: 'volume', action: 'create' }), event({})])).toEqual(['web'])
})

test('what checks themselves do affects nothing', () => {
  const affected = new AffectedTasks(checks)
  const by = (rows: JournalRow[]) => [...affected.by(rows, tasks)]
  const joined = { type: 'network', action: 'connect', actorId: 'n1', attributes: { name: 'bridge' } }
  expect(by([event({ ...joined, by: 'check' })])).toEqual([])
  expect(by([event(joined)])).toEqual(['web'])
  expect(by([event({ attributes: { name: 'web', 'drydock.check': 'web' } })])).toEqual(['web'])
})

test('a check that fails over an event counts as affected: a task must not stay behind', () => {
  const failing: Check = {
    name: 'failing',
    about: '',
    params: z.unknown(),
    codes: {},
    gather: async () => null,
    judge: () => ({ status: 'not-yet', code: 'x', message: '', evidence: [] }),
    affectedBy() {
      throw new Error('no')
    },
  }
  const affected = new AffectedTasks(new Map([['failing', failing]]))
  expect([...affected.by([event({})], [{ id: 't', checks: [use('failing', {})] }])]).toEqual(['t'])
})

test('a task with a timed check, also one inside another, is not run by itself', () => {
  const plain = use('object_exists', { ref: 'web' })
  const stop = use('stop_probe', { container: 'web' })
  expect(isLive(checks, { checks: [plain] })).toBe(true)
  expect(isLive(checks, { checks: [plain, stop] })).toBe(false)
  const both = (inner: typeof plain) =>
    use('all', { of: [plain, inner].map(({ use, with: given }) => ({ use, with: given })) })
  expect(isLive(checks, { checks: [both(plain)] })).toBe(true)
  expect(isLive(checks, { checks: [both(stop)] })).toBe(false)
})
