import { expect, test } from 'vitest'
import type { Proof } from './lab-proof.ts'
import { claimReport, showObserved } from './proof-report.ts'

const proof = (observed: string, ms = 1000): Proof => ({
  row: {
    lab: 'boat',
    solution: 'leak',
    kind: 'bad',
    task: 'sink',
    expected: 'wet',
    observed,
    ok: observed === 'wet',
  },
  ms,
  graded: [
    {
      task: 'sink',
      status: 'not-yet',
      code: observed,
      checks: [
        {
          use: { use: 'field', with: {}, codes: {}, messages: {} },
          verdict: {
            status: 'not-yet',
            code: observed,
            message: `It is ${observed}.`,
            evidence: [],
            task: 'sink',
            check: 'field',
            at: 0,
          },
          gathered: null,
        },
      ],
    },
  ],
  output: 'first\nlast\n',
})

test('a claim that held every time needs no words', () => {
  const report = claimReport([proof('wet'), proof('wet', 2000)])
  expect(report).toMatchObject({ ok: true, runs: 2, held: 2, ms: [1000, 2000], detail: [] })
  expect(showObserved(report)).toBe('wet')
})

test('one run that differs is counted, named and explained', () => {
  const report = claimReport([proof('wet'), proof('dry'), proof('wet')])
  expect(report).toMatchObject({ ok: false, runs: 3, held: 2 })
  expect(showObserved(report)).toBe('wet (2), dry (1)')
  expect(report.detail).toEqual(['sink · field: dry: It is dry.', 'printed: first', 'printed: last'])
})
