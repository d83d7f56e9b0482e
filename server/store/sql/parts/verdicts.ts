import { type Selectable, sql, type Transaction } from 'kysely'
import type { Verdict } from '../../../../checks/verdict.ts'
import {
  type CheckRun,
  MAX_VERDICTS_PER_SESSION,
  type SeenBeside,
  type TamperRecord,
  type TaskRecord,
  type VerdictRecord,
  type VerdictStore,
} from '../../parts/verdicts.ts'
import type { Schema } from '../schema.ts'
import type { SqlAccess } from '../sql-access.ts'

export function verdictPart({ run, write }: SqlAccess): VerdictStore {
  return {
    addCheckRun(run: CheckRun): Promise<void> {
      return write((db) => insertCheckRun(db, run))
    },

    async latestVerdicts(session: string): Promise<Verdict[]> {
      const rows = await run((db) =>
        db
          .selectFrom('task_states as t')
          .innerJoin('verdicts as v', (join) =>
            join
              .onRef('v.session', '=', 't.session')
              .onRef('v.task', '=', 't.task')
              .onRef('v.run', '=', 't.run'),
          )
          .select(['v.task', 'v.check_name', 'v.status', 'v.code', 'v.message', 'v.evidence', 'v.at'])
          .where('t.session', '=', session)
          .orderBy('v.id')
          .execute(),
      )
      return rows.map(toVerdict)
    },

    async verdicts(session: string): Promise<VerdictRecord[]> {
      const rows = await run((db) =>
        db.selectFrom('verdicts').selectAll().where('session', '=', session).orderBy('id').execute(),
      )
      return rows.map(toVerdictRecord)
    },

    async verdictsBehind(session) {
      const of = async (column: 't.passed_run' | 't.run') => {
        const rows = await run((db) =>
          db
            .selectFrom('task_states as t')
            .innerJoin('verdicts as v', (join) =>
              join
                .onRef('v.session', '=', 't.session')
                .onRef('v.task', '=', 't.task')
                .onRef('v.run', '=', column),
            )
            .selectAll('v')
            .where('t.session', '=', session)
            .orderBy('v.id')
            .execute(),
        )
        return rows.map(toVerdictRecord)
      }
      return { firstPass: await of('t.passed_run'), latest: await of('t.run') }
    },

    async addTamper(session: string, id: string, at: number, { tampered, seen }: TamperRecord) {
      await run((db) =>
        db
          .insertInto('run_tampers')
          .values({ session, run: id, at, tampered: tampered ? 1 : 0, seen })
          .onConflict((c) => c.columns(['session', 'run']).doNothing())
          .execute(),
      )
    },

    tamperedTasks(session: string): Promise<SeenBeside[]> {
      return run((db) =>
        db
          .selectFrom('task_states as t')
          .innerJoin('run_tampers as r', (join) =>
            join.onRef('r.session', '=', 't.session').onRef('r.run', '=', 't.run'),
          )
          .select(['t.task', 'r.seen'])
          .where('t.session', '=', session)
          .where('r.tampered', '=', 1)
          .execute(),
      )
    },

    async tampers(session: string) {
      const rows = await run((db) =>
        db
          .selectFrom('run_tampers')
          .select(['run', 'at', 'tampered', 'seen'])
          .where('session', '=', session)
          .orderBy('at')
          .execute(),
      )
      return rows.map(({ tampered, ...row }) => ({ ...row, tampered: tampered === 1 }))
    },

    async tasks(session: string): Promise<TaskRecord[]> {
      const rows = await run((db) =>
        db.selectFrom('task_states').selectAll().where('session', '=', session).execute(),
      )
      return rows.map(toTask)
    },
  }
}

/** The run in a transaction of its caller. */
export async function insertCheckRun(db: Transaction<Schema>, run: CheckRun): Promise<void> {
  for (const { verdict, use, gathered, snapshots } of run.verdicts) {
    await db
      .insertInto('verdicts')
      .values({
        session: run.session,
        run: run.id,
        lab_hash: run.labHash,
        task: verdict.task,
        check_name: verdict.check,
        status: verdict.status,
        code: verdict.code,
        message: verdict.message,
        evidence: JSON.stringify(verdict.evidence),
        used: JSON.stringify(use),
        gathered,
        snapshots: snapshots?.length ? JSON.stringify(snapshots) : null,
        at: verdict.at,
      })
      .execute()
  }
  for (const { task, status, code } of run.tasks) {
    const passed = status === 'passed'
    await db
      .insertInto('task_states')
      .values({
        session: run.session,
        task,
        status,
        code,
        run: run.id,
        passed_at: passed ? run.at : null,
        passed_run: passed ? run.id : null,
      })
      .onConflict((c) =>
        c.columns(['session', 'task']).doUpdateSet({
          status,
          code,
          run: run.id,
          passed_at: sql`coalesce(task_states.passed_at, excluded.passed_at)`,
          passed_run: sql`coalesce(task_states.passed_run, excluded.passed_run)`,
        }),
      )
      .execute()
  }
  if (run.tamper) {
    const { tampered, seen } = run.tamper
    await db
      .insertInto('run_tampers')
      .values({ session: run.session, run: run.id, at: run.at, tampered: tampered ? 1 : 0, seen })
      .execute()
  }
  await forgetOldest(db, run.session)
}

async function forgetOldest(db: Transaction<Schema>, session: string): Promise<void> {
  const { count } = await db
    .selectFrom('verdicts')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('session', '=', session)
    .executeTakeFirstOrThrow()
  if (count <= MAX_VERDICTS_PER_SESSION) return
  const oldest = db
    .selectFrom('verdicts')
    .select('id')
    .where('session', '=', session)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('task_states as t')
            .select('t.task')
            .where('t.session', '=', session)
            .where((f) =>
              f.or([f('t.passed_run', '=', f.ref('verdicts.run')), f('t.run', '=', f.ref('verdicts.run'))]),
            ),
        ),
      ),
    )
    .orderBy('id')
    .limit(count - MAX_VERDICTS_PER_SESSION)
  await db.deleteFrom('verdicts').where('id', 'in', oldest).execute()
  await db
    .deleteFrom('run_tampers')
    .where('session', '=', session)
    .where('run', 'not in', db.selectFrom('verdicts').select('run').where('session', '=', session))
    .execute()
}

type VerdictRow = Pick<
  Selectable<Schema['verdicts']>,
  'task' | 'check_name' | 'status' | 'code' | 'message' | 'evidence' | 'at'
>

function toVerdict(row: VerdictRow): Verdict {
  return {
    task: row.task,
    check: row.check_name,
    status: row.status,
    code: row.code,
    message: row.message,
    evidence: JSON.parse(row.evidence),
    at: row.at,
  } as Verdict
}

function toVerdictRecord(row: Selectable<Schema['verdicts']>): VerdictRecord {
  return {
    verdict: toVerdict(row),
    use: JSON.parse(row.used),
    gathered: row.gathered,
    ...(row.snapshots !== null && { snapshots: JSON.parse(row.snapshots) }),
  }
}

function toTask(row: Selectable<Schema['task_states']>): TaskRecord {
  return {
    task: row.task,
    status: row.status as TaskRecord['status'],
    code: row.code,
    passedAt: row.passed_at,
  }
}
