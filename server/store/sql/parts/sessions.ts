import { type Selectable, sql, type Updateable } from 'kysely'
import {
  type AddedSession,
  type NewSession,
  openStates,
  type SessionChange,
  type SessionRecord,
  type SessionStateName,
  type SessionStore,
} from '../../parts/sessions.ts'
import type { Schema } from '../schema.ts'
import type { SqlAccess } from '../sql-access.ts'

export function sessionPart({ run, write }: SqlAccess): SessionStore {
  return {
    addSession(session: NewSession, maxOpen: number): Promise<AddedSession> {
      return write(async (db) => {
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
            size: session.size ? JSON.stringify(session.size) : null,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        return { outcome: 'created', session: toSession(row) }
      })
    },

    async session(id: string): Promise<SessionRecord | undefined> {
      const row = await run((db) =>
        db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst(),
      )
      return row && toSession(row)
    },

    async changeSession(
      id: string,
      from: readonly SessionStateName[],
      change: SessionChange,
    ): Promise<SessionRecord | undefined> {
      const row = await run((db) =>
        db
          .updateTable('sessions')
          .set({ id, ...fromChange(change) })
          .where('id', '=', id)
          .where('state', 'in', from)
          .returningAll()
          .executeTakeFirst(),
      )
      return row && toSession(row)
    },

    async openSessions(owner?: string): Promise<SessionRecord[]> {
      const rows = await run((db) =>
        db
          .selectFrom('sessions')
          .selectAll()
          .where('state', 'in', openStates)
          .$if(owner !== undefined, (q) => q.where('owner', '=', owner as string))
          .orderBy('created_at')
          .execute(),
      )
      return rows.map(toSession)
    },

    sessionsOfLab(lab, limit) {
      return run((db) =>
        db
          .selectFrom('sessions')
          .innerJoin('users', 'users.id', 'sessions.owner')
          .select(['sessions.id as session', 'users.name as person'])
          .where('sessions.lab', '=', lab)
          .orderBy('sessions.created_at', 'desc')
          .limit(limit)
          .execute(),
      )
    },

    async sessionsOf(owner: string, limit: number): Promise<{ session: SessionRecord; passed: string[] }[]> {
      const rows = await run((db) =>
        db
          .selectFrom('sessions')
          .selectAll('sessions')
          .select((e) =>
            e
              .selectFrom('task_states')
              .whereRef('task_states.session', '=', 'sessions.id')
              .where('status', '=', 'passed')
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
    },
  }
}

export function toSession(row: Selectable<Schema['sessions']>): SessionRecord {
  return {
    id: row.id,
    owner: row.owner,
    lab: row.lab,
    labHash: row.lab_hash,
    state: row.state as SessionRecord['state'],
    sandbox: row.sandbox,
    seed: row.seed,
    engineReady: row.engine_ready === 1,
    steps: JSON.parse(row.steps),
    createdAt: row.created_at,
    size: row.size === null ? null : JSON.parse(row.size),
    begunAt: row.begun_at,
    readyAt: row.ready_at,
    endedAt: row.ended_at,
    endsAt: row.ends_at,
    extended: row.extended,
    outOfTime: row.out_of_time === 1,
    problem: row.problem === null ? null : JSON.parse(row.problem),
    ...(row.images && { images: JSON.parse(row.images) }),
  }
}

function fromChange(change: SessionChange): Updateable<Schema['sessions']> {
  const {
    state,
    sandbox,
    engineReady,
    steps,
    begunAt,
    readyAt,
    endedAt,
    endsAt,
    extended,
    outOfTime,
    problem,
    images,
  } = change
  return {
    ...(state !== undefined && { state }),
    ...(sandbox !== undefined && { sandbox }),
    ...(engineReady !== undefined && { engine_ready: engineReady ? 1 : 0 }),
    ...(steps !== undefined && { steps: JSON.stringify(steps) }),
    ...(begunAt !== undefined && { begun_at: begunAt }),
    ...(readyAt !== undefined && { ready_at: readyAt }),
    ...(endedAt !== undefined && { ended_at: endedAt }),
    ...(endsAt !== undefined && { ends_at: endsAt }),
    ...(extended !== undefined && { extended }),
    ...(outOfTime !== undefined && { out_of_time: outOfTime ? 1 : 0 }),
    ...(problem !== undefined && { problem: problem === null ? null : JSON.stringify(problem) }),
    ...(images !== undefined && { images: JSON.stringify(images) }),
  }
}
