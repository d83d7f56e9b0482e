import { expect, test } from 'vitest'
import { judgeAgain } from './judge-again.ts'
import { checks } from './registry.ts'
import type { CheckUse } from './run-check.ts'

const use = (name: string, params: object): CheckUse => ({
  use: name,
  with: params as Record<string, unknown>,
  codes: {},
  messages: {},
})
const memory = (more: object) => use('field', { ref: 'web', path: 'HostConfig.Memory', ...more })
const gathered = JSON.stringify({ id: 'a', found: true, value: 64, tooLarge: false })
const again = (today: CheckUse, then: CheckUse, evidence: string | null = gathered) =>
  judgeAgain(checks, today, { use: then, gathered: evidence })

test('evidence answers other bounds of the same question', () => {
  expect(again(memory({ max: 64 }), memory({ eq: 1 }))).toMatchObject({
    kind: 'judged',
    outcome: { status: 'passed' },
  })
  const today = { ...memory({ max: 63 }), codes: { 'field-mismatch': 'limit-high' } }
  expect(again(today, memory({ max: 64 }))).toMatchObject({
    kind: 'judged',
    outcome: { status: 'not-yet', code: 'limit-high' },
  })
})

test('a default written out asks the same', () => {
  expect(again(memory({ kind: 'container', eq: 64 }), memory({ eq: 64 })).kind).toBe('judged')
  expect(again(memory({ path: ['HostConfig', 'Memory'], eq: 64 }), memory({ eq: 64 })).kind).toBe('judged')
})

test.each([
  ['another object', memory({ ref: 'db', eq: 64 }), memory({ eq: 64 }), gathered, 'other-question'],
  ['another field', memory({ path: 'Id', eq: 64 }), memory({ eq: 64 }), gathered, 'other-question'],
  ['another check', use('object_exists', { ref: 'web' }), memory({ eq: 64 }), gathered, 'other-check'],
  ['a failed gathering', memory({ eq: 64 }), memory({ eq: 64 }), null, 'not-gathered'],
  ['half a text', memory({ eq: 64 }), memory({ eq: 64 }), '{"id":', 'evidence-unreadable'],
  ['a check that is gone', use('gone', {}), use('gone', {}), gathered, 'check-unknown'],
  ['parameters of today that are wrong', memory({}), memory({ eq: 64 }), gathered, 'check-invalid'],
  ['parameters of then that are wrong now', memory({ eq: 64 }), memory({}), gathered, 'check-invalid'],
] as const)('%s is not judged', (_, today, then, evidence, why) => {
  expect(again(today, then, evidence)).toMatchObject({ kind: 'insufficient', why })
})

test('evidence that makes no sense is broken, not passed', () => {
  expect(again(memory({ empty: true }), memory({ eq: 1 }), '"nothing"')).toMatchObject({ kind: 'judged' })
  expect(again(memory({ empty: true }), memory({ eq: 1 }), 'null')).toMatchObject({
    outcome: { status: 'broken' },
  })
})

test('parts inside others are asked too', () => {
  const both = (ref: string, max: number) =>
    use('all', {
      of: [
        { use: 'field', with: { ref, path: 'HostConfig.Memory', max } },
        { use: 'object_exists', with: { ref } },
      ],
    })
  const found = JSON.stringify([{ found: JSON.parse(gathered) }, { found: { id: 'a' } }])
  expect(again(both('web', 63), both('web', 64), found)).toMatchObject({
    outcome: { code: 'part-not-yet' },
  })
  expect(again(both('db', 64), both('web', 64), found)).toMatchObject({ why: 'other-question' })
})
