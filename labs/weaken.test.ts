import { expect, test } from 'vitest'
import { weaken } from './weaken.ts'

test.each([
  [
    { max: 5 },
    [
      ['max × 2', { max: 10 }],
      ['max dropped', {}],
    ],
  ],
  [
    { min: 50 },
    [
      ['min ÷ 2', { min: 25 }],
      ['min dropped', {}],
    ],
  ],
  [{ eq: 'x' }, [['eq anything', { ne: 'a value that nothing has' }]]],
  [
    { matches: '^a$' },
    [
      ['matches without its anchors', { matches: 'a' }],
      ['matches any line', { matches: '.' }],
    ],
  ],
  [
    { lacks: 'a' },
    [
      ['lacks dropped', {}],
      ['lacks never found', { lacks: '(?!)' }],
    ],
  ],
  [{ ordered: true, ready_ms: 3, ref: 'web' }, [['ordered dropped', { ready_ms: 3, ref: 'web' }]]],
  [
    { exit_codes: [0, 143] },
    [
      ['exit_codes also 1', { exit_codes: [0, 143, 1] }],
      ['exit_codes also 137', { exit_codes: [0, 143, 137] }],
    ],
  ],
  [
    { expect: [{ action: 'oom' }, { action: 'die', attributes: { exitCode: '137' } }] },
    [
      ['expect[0] dropped', { expect: [{ action: 'die', attributes: { exitCode: '137' } }] }],
      ['expect[1] dropped', { expect: [{ action: 'oom' }] }],
      [
        'expect[1].attributes.exitCode dropped',
        { expect: [{ action: 'oom' }, { action: 'die', attributes: {} }] },
      ],
    ],
  ],
])('%j asks less in each of its ways, one at a time', (params, expected) => {
  expect(weaken(params).map((each) => [each.what, each.with])).toEqual(expected)
})

test('checks inside of checks are weakened too, and a part can go', () => {
  const use = { use: 'field', with: { ref: 'web', max: 5 } }
  expect(weaken({ of: [use] })).toEqual([
    { what: 'of[0] dropped', with: { of: [] }, without: 0 },
    { what: 'of[0].with.max × 2', with: { of: [{ ...use, with: { ref: 'web', max: 10 } }] } },
    { what: 'of[0].with.max dropped', with: { of: [{ ...use, with: { ref: 'web' } }] } },
  ])
})

test('there are never more mutants than can be looked through', () => {
  expect(weaken({ forbid: Array.from({ length: 500 }, () => ({ action: 'x' })) })).toHaveLength(40)
})
