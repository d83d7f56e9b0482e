import { expect, test } from 'vitest'
import type { JournalEvent, JournalRow } from '../../../checks/check.ts'
import { add, type OpenStore } from './fresh-store.ts'

function event(seq: number, action = 'die'): JournalRow {
  const attributes = { exitCode: '137', name: 'größe' }
  return {
    kind: 'event',
    seq,
    timeNano: `17629999999999${90000 + seq}`,
    type: 'container',
    action,
    actorId: 'a1',
    attributes,
  }
}

/** What every store does with the journal. */
export function journalSuite(open: OpenStore): void {
  test('the journal is kept in order, by session, and takes a batch again', async () => {
    const { store, reopen } = await open()
    const { session } = await add(store)
    const other = (await add(store, { owner: 'bob' })).session
    const gap: JournalRow = {
      kind: 'gap',
      seq: 3,
      timeNano: '1763000000000000000',
      reason: 'clock',
      since: 1,
    }
    await store.appendJournal(session.id, [])
    await store.appendJournal(session.id, [event(1), event(2)])
    await store.appendJournal(session.id, [event(2, 'changed'), gap])
    const probe: JournalRow = { ...(event(1, 'start') as JournalEvent), by: 'check' }
    await store.appendJournal(other.id, [probe])

    const after = await reopen()
    expect(await after.journal(session.id)).toEqual([event(1), event(2), gap])
    expect(await after.journal(session.id, 1)).toEqual([event(2), gap])
    expect(await after.journal(other.id)).toEqual([probe])
    expect(await after.lastJournalSeq(session.id)).toBe(3)
    expect(await after.lastJournalSeq('unknown')).toBe(0)
  })

  test('a journal batch larger than one statement is kept whole', async () => {
    const { store } = await open()
    const { session } = await add(store)
    const rows = Array.from({ length: 2_500 }, (_, i) => event(i + 1))
    await store.appendJournal(session.id, rows)
    expect(await store.journal(session.id)).toEqual(rows)
  })
}
