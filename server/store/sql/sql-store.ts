import type { Kysely, Transaction } from 'kysely'
import { sql } from 'kysely'
import type { JournalRow } from '../../../checks/check.ts'
import type { Verdict } from '../../../checks/verdict.ts'
import { DrydockError } from '../../errors.ts'
import type {
  AddedSession,
  AnswerRecord,
  CheckRun,
  NewSession,
  SessionChange,
  SessionRecord,
  SessionStateName,
  Store,
  TaskRecord,
  UserRecord,
  VerdictRecord,
} from '../store.ts'
import { MAX_VERDICTS_PER_SESSION, openStates } from '../store.ts'
import { fromChange, fromJournal, toJournal, toSession, toTask, toVerdict, toVerdictRecord } from './rows.ts'
import type { Schema } from './schema.ts'

/** Journal rows in one statement: 9 columns each, below SQLite's 32,766 variables. */
const JOURNAL_CHUNK = 1_000

/** The store in SQL. */
export class SqlStore implements Store {
  readonly #db: Kysely<Schema>
  readonly #release: () => void

  constructor(db: Kysely<Schema>, release: () => void) {
    this.#db = db
    this.#release = release
  }

  async putUser(user: UserRecord): Promise<void> {
    await this.#run((db) =>
      db
        .insertInto('users')
        .values(user)
        .onConflict((c) => c.column('id').doUpdateSet({ name: user.name, role: user.role }))
        .execute(),
    )
  }

  async user(id: string): Promise<UserRecord | undefined> {
    const row = await this.#run((db) =>
      db.selectFrom('users').select(['id', 'name', 'role']).where('id', '=', id).executeTakeFirst(),
    )
    return row as UserRecord | undefined
  }

  addSession(session: NewSession, maxOpen: number): Promise<AddedSession> {
    return this.#write(async (db) => {
      const open = await db
        .selectFrom('sessions')
        .selectAll()
        .where('owner', '=', session.owner)
        .where('state', 'in', openStates)
        .execute()
      const same = open.find((row) => row.lab === session.lab)
      if (same) return { outcome: 'open', session: toSession(same) }
      if (open.length >= maxOpen) return { outcome: 'limit' }
      const row = await db
        .insertInto('sessions')
        .values({
          id: session.id,
          owner: session.owner,
          lab: session.lab,
          lab_hash: session.labHash,
          state: 'requested',
          sandbox: session.sandbox,
          seed: session.seed,
          engine_ready: 0,
          steps: '[]',
          created_at: session.createdAt,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      return { outcome: 'created', session: toSession(row) }
    })
  }

  async session(id: string): Promise<SessionRecord | undefined> {
    const row = await this.#run((db) =>
      db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst(),
    )
    return row && toSession(row)
  }

  async changeSession(
    id: string,
    from: readonly SessionStateName[],
    change: SessionChange,
  ): Promise<SessionRecord | undefined> {
    const row = await this.#run((db) =>
      db
        .updateTable('sessions')
        .set({ id, ...fromChange(change) })
        .where('id', '=', id)
        .where('state', 'in', from)
        .returningAll()
        .executeTakeFirst(),
    )
    return row && toSession(row)
  }

  async openSessions(owner?: string): Promise<SessionRecord[]> {
    const rows = await this.#run((db) =>
      db
        .selectFrom('sessions')
        .selectAll()
        .where('state', 'in', openStates)
        .$if(owner !== undefined, (q) => q.where('owner', '=', owner as string))
        .orderBy('created_at')
        .execute(),
    )
    return rows.map(toSession)
  }

  async sessionsOf(owner: string, limit: number): Promise<{ session: SessionRecord; passed: string[] }[]> {
    const rows = await this.#run((db) =>
      db
        .selectFrom('sessions')
        .selectAll('sessions')
        .select((e) =>
          e
            .selectFrom('task_states')
            .whereRef('task_states.session', '=', 'sessions.id')
            .where('passed_at', 'is not', null)
            .select(sql<string>`json_group_array(task)`.as('passed'))
            .as('passed'),
        )
        .where('owner', '=', owner)
        .orderBy('created_at', 'desc')
        .limit(limit)
        .execute(),
    )
    return rows.map((row) => ({
      session: toSession(row),
      passed: JSON.parse(row.passed ?? '[]') as string[],
    }))
  }

  addCheckRun(run: CheckRun): Promise<void> {
    return this.#write(async (db) => {
      for (const { verdict, use, gathered } of run.verdicts) {
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
      await forgetOldest(db, run.session)
    })
  }

  async latestVerdicts(session: string): Promise<Verdict[]> {
    const rows = await this.#run((db) =>
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
  }

  async verdicts(session: string): Promise<VerdictRecord[]> {
    const rows = await this.#run((db) =>
      db.selectFrom('verdicts').selectAll().where('session', '=', session).orderBy('id').execute(),
    )
    return rows.map(toVerdictRecord)
  }

  async tasks(session: string): Promise<TaskRecord[]> {
    const rows = await this.#run((db) =>
      db.selectFrom('task_states').selectAll().where('session', '=', session).execute(),
    )
    return rows.map(toTask)
  }

  giveAnswer(session: string, answer: Omit<AnswerRecord, 'tries'>): Promise<AnswerRecord> {
    const { value, at } = answer
    return this.#run((db) =>
      db
        .insertInto('answers')
        .values({ session, ...answer, tries: 1 })
        .onConflict((c) =>
          c.columns(['session', 'task', 'field']).doUpdateSet({ value, at, tries: sql`answers.tries + 1` }),
        )
        .returning(['task', 'field', 'value', 'tries', 'at'])
        .executeTakeFirstOrThrow(),
    )
  }

  answers(session: string): Promise<AnswerRecord[]> {
    return this.#run((db) =>
      db
        .selectFrom('answers')
        .select(['task', 'field', 'value', 'tries', 'at'])
        .where('session', '=', session)
        .orderBy('task')
        .orderBy('field')
        .execute(),
    )
  }

  async appendJournal(session: string, rows: readonly JournalRow[]): Promise<void> {
    if (rows.length === 0) return
    await this.#write(async (db) => {
      for (let start = 0; start < rows.length; start += JOURNAL_CHUNK) {
        const values = rows.slice(start, start + JOURNAL_CHUNK).map((row) => fromJournal(session, row))
        await db
          .insertInto('journal')
          .values(values)
          .onConflict((c) => c.columns(['session', 'seq']).doNothing())
          .execute()
      }
    })
  }

  async journal(session: string, afterSeq = 0): Promise<JournalRow[]> {
    const rows = await this.#run((db) =>
      db
        .selectFrom('journal')
        .selectAll()
        .where('session', '=', session)
        .where('seq', '>', afterSeq)
        .orderBy('seq')
        .execute(),
    )
    return rows.map(toJournal)
  }

  async lastJournalSeq(session: string): Promise<number> {
    const row = await this.#run((db) =>
      db
        .selectFrom('journal')
        .select((e) => e.fn.max('seq').as('seq'))
        .where('session', '=', session)
        .executeTakeFirst(),
    )
    return row?.seq ?? 0
  }

  async close(): Promise<void> {
    await this.#db.destroy()
    this.#release()
  }

  async #run<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    try {
      return await work(this.#db)
    } catch (error) {
      throw new DrydockError('store-failed', undefined, { cause: error })
    }
  }

  #write<T>(work: (db: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.#run((db) => db.transaction().execute(work))
  }
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
}
