import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Check, type CheckContext, CheckFault, type JournalRow } from '../check.ts'
import { isTimed } from '../judge.ts'
import { notYet, passed } from '../outcome.ts'
import { registryOf } from '../registry.ts'
import { runCheck } from '../run-check.ts'
import { row } from '../testing/recorded.ts'

/** A check that answers what its parameters say. */
const said = {
  name: 'said',
  about: 'A sample',
  params: z.strictObject({
    so: z.enum(['yes', 'no', 'gone', 'fault', 'nothing', 'lost-moment']).default('yes'),
    text: z.string().default('It'),
    ms: z.number().optional(),
    events: z.string().default('none'),
  }),
  codes: { no: 'It is not so.', gone: 'It is not there.' },
  async gather(_, { so }) {
    if (so === 'fault') throw new CheckFault('engine-down', 'Down.')
    return so === 'nothing' ? undefined : { so }
  },
  judge(found, { text, ms }) {
    const { so } = found as { so: string }
    const evidence = [{ expected: 'yes', observed: so, source: text }]
    if (so === 'no' || so === 'gone') return notYet(so, `${text} is ${so}.`, evidence)
    return passed(`${text} is so.`, evidence, so === 'lost-moment' ? undefined : at(ms))
  },
  hasMoment: ({ ms }) => ms !== undefined,
  timed: ({ text }) => text === 'timed',
  asks: ({ so }) => so,
  affectedBy: (event, { events }) => event.action === events,
} as Check<{ so: string; text: string; ms?: number; events: string }, unknown>

const at = (ms: number | undefined) => (ms === undefined ? undefined : row('start', ms).timeNano)
const checks = registryOf([said as Check])
const part = (so: string, more: object = {}) => ({ use: 'said', with: { so, ...more } })

async function outcome(use: string, params: object, marks: JournalRow[] = [], signal = AbortSignal.any([])) {
  const contextFor = () => ({ signal, engine: {}, journal: async () => marks }) as unknown as CheckContext
  const deps = { checks, contextFor, after: () => () => {}, now: () => 0 }
  const given = { use, with: params as Record<string, unknown>, codes: {}, messages: {} }
  return (await runCheck(deps, 'task', given)).verdict
}
const code = async (use: string, params: object, marks?: JournalRow[]) => {
  const { status, code } = await outcome(use, params, marks)
  return status === 'not-yet' ? code : `${status} ${code}`
}

describe('all', () => {
  test.each([
    [['yes', 'yes'], 'passed passed'],
    [['yes', 'no'], 'part-not-yet'],
    [['fault', 'no'], 'part-not-yet'],
    [['yes', 'fault'], 'broken engine-down'],
    [['yes', 'nothing'], 'broken check-failed'],
  ])('of %j is %s', async (parts, expected) => {
    expect(await code('all', { of: parts.map((so) => part(so)) })).toBe(expected)
  })

  test('says what its first part that is not so says', async () => {
    expect(
      await outcome('all', { of: [part('yes'), part('gone', { text: 'web' }), part('no')] }),
    ).toMatchObject({ message: 'web is gone.', evidence: [{ observed: 'gone' }] })
  })
})

describe('any', () => {
  test.each([
    [['no', 'yes'], 'passed passed'],
    [['fault', 'yes'], 'passed passed'],
    [['no', 'gone'], 'none-passed'],
    [['no', 'fault'], 'broken engine-down'],
    [['nothing', 'no'], 'broken check-failed'],
  ])('of %j is %s', async (parts, expected) => {
    expect(await code('any', { of: parts.map((so) => part(so)) })).toBe(expected)
  })

  test('shows the evidence of all', async () => {
    const { message, evidence } = await outcome('any', {
      of: [part('no', { text: 'web' }), part('gone', { text: 'db' })],
    })
    expect(message).toBe('None of these is so yet. web is no. db is gone.')
    expect(evidence.map((each) => each.observed)).toEqual(['no', 'gone'])
  })
})

describe('not', () => {
  test.each([
    ['no', 'passed passed'],
    ['yes', 'is-so'],
    ['gone', 'not-seen'],
    ['fault', 'broken engine-down'],
    ['nothing', 'broken check-failed'],
  ])('of a part that is %s is %s', async (so, expected) => {
    expect(await code('not', { of: part(so), codes: ['no'] })).toBe(expected)
  })

  test('turns its evidence', async () => {
    const { evidence } = await outcome('not', { of: part('no'), codes: ['no'] })
    expect(evidence).toMatchObject([{ expected: 'not: yes', observed: 'no' }])
  })

  test('takes no check that holds others, and no code that its part has not', async () => {
    const inner = { use: 'any', with: { of: [part('no'), part('no')] } }
    expect(await code('not', { of: inner, codes: ['none-passed'] })).toBe('broken check-invalid')
    expect(await code('not', { of: part('no'), codes: ['other'] })).toBe('broken check-invalid')
  })
})

describe('sequence', () => {
  const steps = (...ms: number[]) => ({ of: ms.map((each) => part('yes', { ms: each })) })

  test('asks for order', async () => {
    expect(await code('sequence', steps(1, 2, 2, 9))).toBe('passed passed')
    expect(await code('sequence', steps(1, 9, 2))).toBe('order-wrong')
  })

  test('asks for all parts, and says the fault of one that could not be asked', async () => {
    const first = part('yes', { ms: 1 })
    expect(await code('sequence', { of: [first, part('no', { ms: 2 })] })).toBe('part-not-yet')
    expect(await code('sequence', { of: [first, part('fault', { ms: 2 })] })).toBe('broken engine-down')
    expect(await code('sequence', { of: [first, part('lost-moment', { ms: 2 })] })).toBe('broken journal-gap')
  })

  test('takes only parts that say when', async () => {
    expect(await code('sequence', { of: [part('yes', { ms: 1 }), part('yes')] })).toBe('broken check-invalid')
  })

  test('can hold others, whose moment is that of their last', async () => {
    const both = { use: 'all', with: steps(5, 3) }
    expect(await code('sequence', { of: [both, part('yes', { ms: 5 })] })).toBe('passed passed')
    expect(await code('sequence', { of: [both, part('yes', { ms: 4 })] })).toBe('order-wrong')
    const inTurn = { use: 'sequence', with: steps(1, 7) }
    expect(await code('sequence', { of: [inTurn, part('yes', { ms: 6 })] })).toBe('order-wrong')
  })
})

describe('within', () => {
  const close = (ms: number, ...moments: number[]) => ({
    ms,
    of: moments.map((each) => part('yes', { ms: each })),
  })

  test('asks how far apart the first and the last are, in any order', async () => {
    expect(await code('within', close(100, 200, 100, 150))).toBe('passed passed')
    expect(await code('within', close(99, 200, 100, 150))).toBe('too-far-apart')
  })

  test('does not count the time of a checkpoint', async () => {
    const marks = (['freeze', 'thaw'] as const).map((reason, i): JournalRow => {
      return { kind: 'mark', seq: i, timeNano: at(110 + 50 * i) ?? '', reason }
    })
    expect(await code('within', close(60, 100, 200), marks)).toBe('passed passed')
    expect(await code('within', close(49, 100, 200), marks)).toBe('too-far-apart')
  })

  test('asks for all parts', async () => {
    expect(await code('within', { ms: 9, of: [part('yes', { ms: 1 }), part('no', { ms: 2 })] })).toBe(
      'part-not-yet',
    )
  })
})

describe('a use that holds others', () => {
  const parse = (use: string, params: object) => checks.get(use)?.params.parse(params)

  test('is affected by what affects one of them, and asks what they ask', () => {
    const all = checks.get('all')
    const params = parse('all', { of: [part('yes'), part('no', { events: 'die' })] })
    expect(all?.affectedBy(row('die', 1), params)).toBe(true)
    expect(all?.affectedBy(row('start', 1), params)).toBe(false)
    expect(all?.asks?.(params)).toEqual([
      ['said', 'yes'],
      ['said', 'no'],
    ])
  })

  test('is timed when one of them is', () => {
    const any = checks.get('any') as Check
    expect(isTimed(any, parse('any', { of: [part('yes'), part('yes', { text: 'timed' })] }))).toBe(true)
    expect(isTimed(any, parse('any', { of: [part('yes'), part('yes')] }))).toBe(false)
  })

  test('names the place of what is wrong inside', () => {
    const params = { of: [{ use: 'all', with: { of: [part('yes'), { use: 'said', with: { s: 1 } }] } }] }
    expect(checks.get('all')?.params.safeParse(params).error?.issues).toMatchObject([
      { code: 'unrecognized_keys', keys: ['s'], path: ['of', 0, 'with', 'of', 1, 'with'] },
    ])
    expect(
      checks.get('all')?.params.safeParse({ of: [part('yes'), { use: 'other' }] }).error?.issues,
    ).toMatchObject([{ message: 'there is no check other', path: ['of', 1, 'use'] }])
  })

  test('is bounded in depth and number', () => {
    const nest = (depth: number): object =>
      depth === 0 ? part('yes') : { use: 'all', with: { of: [nest(depth - 1)] } }
    const many = (count: number) => ({
      of: [{ use: 'all', with: { of: Array.from({ length: count }, () => part('yes')) } }],
    })
    const all = checks.get('all')
    expect(all?.params.safeParse({ of: [nest(3)] }).success).toBe(true)
    expect(all?.params.safeParse({ of: [nest(4)] }).success).toBe(false)
    expect(all?.params.safeParse(many(19)).success).toBe(true)
    expect(all?.params.safeParse(many(20)).success).toBe(false)
    expect(all?.params.safeParse({ of: [nest(500)] }).success).toBe(false)
  })

  test('ends when the check is ended', async () => {
    const over = AbortSignal.abort(new CheckFault('timeout', 'Over.'))
    const { verdict } = await runCheck(
      {
        checks,
        contextFor: () => ({ signal: over, engine: {}, journal: async () => [] }) as unknown as CheckContext,
        after: () => () => {},
        now: () => 0,
      },
      'task',
      { use: 'any', with: { of: [part('fault'), part('yes')] }, codes: {}, messages: {} },
    )
    expect(verdict).toMatchObject({ status: 'broken', code: 'timeout' })
  })
})
