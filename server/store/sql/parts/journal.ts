import type { Insertable, Selectable, Transaction } from 'kysely'
import type { JournalMark, JournalRow } from '../../../../checks/check.ts'
import type { JournalStore } from '../../parts/journal.ts'
import type { Schema } from '../schema.ts'
import type { SqlAccess } from '../sql-access.ts'

/** Rows in one statement: 10 columns each, below SQLite's 32,766 variables. */
const JOURNAL_CHUNK = 1_000

export function journalPart({ run, write }: SqlAccess): JournalStore {
  return {
    async appendJournal(session: string, rows: readonly JournalRow[]): Promise<void> {
      if (rows.length > 0) await write((db) => appendRows(db, session, rows))
    },

    async journal(session: string, afterSeq = 0): Promise<JournalRow[]> {
      const rows = await run((db) =>
        db
          .selectFrom('journal')
          .selectAll()
          .where('session', '=', session)
          .where('seq', '>', afterSeq)
          .orderBy('seq')
          .execute(),
      )
      return rows.map(toJournal)
    },

    async lastJournalSeq(session: string): Promise<number> {
      const row = await run((db) =>
        db
          .selectFrom('journal')
          .select((e) => e.fn.max('seq').as('seq'))
          .where('session', '=', session)
          .executeTakeFirst(),
      )
      return row?.seq ?? 0
    },
  }
}

export async function appendRows(
  db: Transaction<Schema>,
  session: string,
  rows: readonly JournalRow[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += JOURNAL_CHUNK) {
    const values = rows.slice(start, start + JOURNAL_CHUNK).map((row) => fromJournal(session, row))
    await db
      .insertInto('journal')
      .values(values)
      .onConflict((c) => c.columns(['session', 'seq']).doNothing())
      .execute()
  }
}

function fromJournal(session: string, row: JournalRow): Insertable<Schema['journal']> {
  const common = { session, seq: row.seq, kind: row.kind, time_nano: row.timeNano }
  if (row.kind !== 'event') {
    const attributes = row.since === undefined ? null : JSON.stringify({ since: row.since })
    return { ...common, reason: row.reason, attributes }
  }
  return {
    ...common,
    type: row.type,
    action: row.action,
    actor: row.actorId,
    attributes: JSON.stringify(row.attributes),
    by: row.by ?? null,
  }
}

function toJournal(row: Selectable<Schema['journal']>): JournalRow {
  const common = { seq: row.seq, timeNano: row.time_nano }
  const more = row.kind !== 'event' && row.attributes ? JSON.parse(row.attributes) : {}
  if (row.kind === 'gap') return { kind: 'gap', ...common, reason: row.reason ?? '', ...more }
  if (row.kind === 'mark') {
    const reason = row.reason as JournalMark['reason']
    return { kind: 'mark', ...common, reason, ...more }
  }
  return {
    kind: 'event',
    ...common,
    type: row.type ?? '',
    action: row.action ?? '',
    actorId: row.actor ?? '',
    attributes: JSON.parse(row.attributes ?? '{}'),
    ...(row.by === 'check' && { by: row.by }),
  }
}
