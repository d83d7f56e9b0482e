import type { Selectable } from 'kysely'
import type { SubmissionRecord, SubmissionStore } from '../../parts/submissions.ts'
import type { Schema } from '../schema.ts'
import type { SqlAccess } from '../sql-access.ts'
import { insertCheckRun } from './verdicts.ts'

export function submissionPart({ run, write }: SqlAccess): SubmissionStore {
  return {
    addSubmission(submission, checkRun) {
      return write(async (db) => {
        const known = await db
          .selectFrom('submissions')
          .selectAll()
          .where('session', '=', submission.session)
          .executeTakeFirst()
        if (known) return toSubmission(known)
        await insertCheckRun(db, checkRun)
        const row = await db
          .insertInto('submissions')
          .values({
            session: submission.session,
            at: submission.at,
            lab_hash: submission.labHash,
            points: submission.points,
            of_points: submission.of,
            tasks: JSON.stringify(submission.tasks),
            tamper: JSON.stringify(submission.tamper ?? null),
            receipt: null,
            done: 0,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        return toSubmission(row)
      })
    },

    async submission(session) {
      const row = await run((db) =>
        db.selectFrom('submissions').selectAll().where('session', '=', session).executeTakeFirst(),
      )
      return row && toSubmission(row)
    },

    async changeSubmission(session, { receipt, done }) {
      await run((db) =>
        db
          .updateTable('submissions')
          .set({
            session,
            ...(receipt !== undefined && { receipt }),
            ...(done !== undefined && { done: done ? 1 : 0 }),
          })
          .where('session', '=', session)
          .execute(),
      )
    },

    async openSubmissions() {
      const rows = await run((db) =>
        db.selectFrom('submissions').selectAll().where('done', '=', 0).orderBy('at').execute(),
      )
      return rows.map(toSubmission)
    },
  }
}

function toSubmission(row: Selectable<Schema['submissions']>): SubmissionRecord {
  return {
    session: row.session,
    at: row.at,
    labHash: row.lab_hash,
    points: row.points,
    of: row.of_points,
    tasks: JSON.parse(row.tasks),
    tamper: JSON.parse(row.tamper),
    receipt: row.receipt,
    done: row.done === 1,
  }
}
