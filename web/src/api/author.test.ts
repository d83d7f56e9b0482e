import { expect, test } from 'vitest'
import { type JournalLine, MAX_JOURNAL_LINES } from '../../../server/contract/author.ts'
import { joined } from './author.ts'

const rows = (from: number, to: number): JournalLine[] =>
  Array.from({ length: to - from + 1 }, (_, at) => ({
    seq: from + at,
    at: '2026-11-26T00:00:00.000Z',
    by: 'student',
    type: 'container',
    action: 'start',
    name: 'web',
    attributes: '',
  }))
const seqs = (lines: JournalLine[]) => lines.map(({ seq }) => seq)

test('rows that come twice, by themselves and with an answer, are shown once and in order', () => {
  expect(seqs(joined(rows(1, 3), rows(2, 5)))).toEqual([1, 2, 3, 4, 5])
  expect(seqs(joined(rows(4, 6), rows(1, 5)))).toEqual([4, 5, 6])
  expect(seqs(joined([], rows(7, 8)))).toEqual([7, 8])
})

test('of many rows the last are kept', () => {
  const kept = joined(rows(1, MAX_JOURNAL_LINES), rows(2, MAX_JOURNAL_LINES + 10))
  expect([kept.length, kept.at(-1)?.seq]).toEqual([MAX_JOURNAL_LINES, MAX_JOURNAL_LINES + 10])
})
