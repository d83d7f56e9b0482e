import { expect, test } from 'vitest'
import type { JournalRow } from '../../checks/check.ts'
import { JournalRows } from './journal-rows.ts'

const gap = (seq: number): JournalRow => ({ kind: 'gap', seq, timeNano: '1', reason: 'lost' })

test('only what is new is read, in whatever order it is asked for', async () => {
  const stored = [gap(1), gap(2)]
  const asked: number[] = []
  const rows = new JournalRows(async (afterSeq) => {
    asked.push(afterSeq)
    return stored.filter(({ seq }) => seq > afterSeq)
  })
  expect(await rows.all()).toEqual(stored)
  stored.push(gap(3))
  const [one, two] = await Promise.all([rows.all(), rows.all()])
  expect([one, two]).toEqual([stored, stored])
  expect(asked).toEqual([0, 2, 3])
})

test('a read that failed loses nothing', async () => {
  let up = false
  const rows = new JournalRows(async () => {
    if (!up) throw new Error('full')
    return [gap(1)]
  })
  await expect(rows.all()).rejects.toThrow('full')
  up = true
  expect(await rows.all()).toEqual([gap(1)])
})

test('a long journal is whole each time, and kept only up to its bound', async () => {
  const stored = Array.from({ length: 12_000 }, (_, n) => gap(n + 1))
  const asked: number[] = []
  const rows = new JournalRows(async (afterSeq) => {
    asked.push(afterSeq)
    return stored.slice(afterSeq)
  })
  expect(await rows.all()).toEqual(stored)
  expect(await rows.all()).toEqual(stored)
  expect(asked).toEqual([0, 5_000])
})
