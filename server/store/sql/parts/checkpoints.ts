import type { Selectable } from 'kysely'
import type { CheckpointRecord, CheckpointStore, ResetRecord } from '../../parts/checkpoints.ts'
import type { SessionRecord } from '../../parts/sessions.ts'
import type { Schema } from '../schema.ts'
import type { SqlAccess } from '../sql-access.ts'
import { appendRows } from './journal.ts'
import { toSession } from './sessions.ts'

export function checkpointPart({ run, write }: SqlAccess): CheckpointStore {
  return {
    async addCheckpoint({ keepUntil, ...rest }) {
      await run((db) =>
        db
          .insertInto('checkpoints')
          .values({ ...rest, keep_until: keepUntil, since: 0 })
          .execute(),
      )
    },

    async finishCheckpoint(id, made) {
      await run((db) => db.updateTable('checkpoints').set(made).where('id', '=', id).execute())
    },

    async removeCheckpoint(id) {
      await run((db) => db.deleteFrom('checkpoints').where('id', '=', id).execute())
    },

    async checkpoints(session) {
      const rows = await run((db) =>
        db
          .selectFrom('checkpoints')
          .selectAll()
          .where('session', '=', session)
          .orderBy('at')
          .orderBy('id')
          .execute(),
      )
      return rows.map(toCheckpoint)
    },

    async allCheckpoints() {
      const rows = await run((db) =>
        db
          .selectFrom('checkpoints as c')
          .innerJoin('sessions as s', 's.id', 'c.session')
          .selectAll('c')
          .select('s.state')
          .orderBy('c.at')
          .orderBy('c.id')
          .execute(),
      )
      return rows.map((row) => ({ ...toCheckpoint(row), state: row.state as SessionRecord['state'] }))
    },

    beginReset(reset) {
      return write(async (db) => {
        const ready = await db
          .selectFrom('sessions')
          .select('id')
          .where('id', '=', reset.session)
          .where('state', '=', 'ready')
          .executeTakeFirst()
        if (!ready) return false
        const added = await db
          .insertInto('resets')
          .values({ ...reset, phase: 'making' })
          .onConflict((c) => c.column('session').doNothing())
          .executeTakeFirst()
        return added.numInsertedOrUpdatedRows === 1n
      })
    },

    switchSandbox(session, rows) {
      return write(async (db) => {
        const reset = await db
          .selectFrom('resets')
          .select('sandbox')
          .where('session', '=', session)
          .where('phase', '=', 'making')
          .executeTakeFirst()
        if (!reset) return undefined
        const row = await db
          .updateTable('sessions')
          .set({ sandbox: reset.sandbox })
          .where('id', '=', session)
          .where('state', '=', 'ready')
          .returningAll()
          .executeTakeFirst()
        if (!row) return undefined
        await db.updateTable('resets').set({ phase: 'made' }).where('session', '=', session).execute()
        await appendRows(db, session, rows)
        return toSession(row)
      })
    },

    async resumeReset(session) {
      await run((db) =>
        db.updateTable('resets').set({ phase: 'resuming' }).where('session', '=', session).execute(),
      )
    },

    async endReset(session) {
      await run((db) => db.deleteFrom('resets').where('session', '=', session).execute())
    },

    async reset(session) {
      const row = await run((db) =>
        db.selectFrom('resets').selectAll().where('session', '=', session).executeTakeFirst(),
      )
      return row as ResetRecord | undefined
    },

    async resets() {
      return (await run((db) => db.selectFrom('resets').selectAll().execute())) as ResetRecord[]
    },
  }
}

function toCheckpoint(row: Selectable<Schema['checkpoints']>): CheckpointRecord {
  const { id, session, kind, task, name, at, bytes, since, keep_until, note } = row
  return {
    id,
    session,
    kind: kind as CheckpointRecord['kind'],
    task,
    name,
    at,
    bytes,
    since,
    keepUntil: keep_until,
    note,
  }
}
