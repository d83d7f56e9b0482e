import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { openStates } from '../../store.ts'

const OPEN = openStates.map((state) => `'${state}'`).join(', ')

export const first: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('users')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('role', 'text', (c) => c.notNull().check(sql`role in ('student', 'instructor', 'admin')`))
      .execute()

    await db.schema
      .createTable('sessions')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('owner', 'text', (c) => c.notNull().references('users.id'))
      .addColumn('lab', 'text', (c) => c.notNull())
      .addColumn('lab_hash', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) =>
        c.notNull().check(sql`state in (${sql.raw(OPEN)}, 'ended', 'failed')`),
      )
      .addColumn('sandbox', 'text', (c) => c.notNull().unique())
      .addColumn('seed', 'text', (c) => c.notNull())
      .addColumn('engine_ready', 'integer', (c) => c.notNull())
      .addColumn('steps', 'text', (c) => c.notNull())
      .addColumn('created_at', 'integer', (c) => c.notNull())
      .addColumn('ready_at', 'integer')
      .addColumn('ended_at', 'integer')
      .addColumn('problem', 'text')
      .execute()
    await db.schema
      .createIndex('one_open_session_per_owner_and_lab')
      .unique()
      .on('sessions')
      .columns(['owner', 'lab'])
      .where(sql<boolean>`state in (${sql.raw(OPEN)})`)
      .execute()
    await db.schema.createIndex('sessions_by_owner').on('sessions').columns(['owner', 'created_at']).execute()

    await db.schema
      .createTable('verdicts')
      .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
      .addColumn('session', 'text', (c) => c.notNull().references('sessions.id'))
      .addColumn('run', 'text', (c) => c.notNull())
      .addColumn('lab_hash', 'text', (c) => c.notNull())
      .addColumn('task', 'text', (c) => c.notNull())
      .addColumn('check_name', 'text', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull().check(sql`status in ('passed', 'not-yet', 'broken')`))
      .addColumn('code', 'text', (c) => c.notNull())
      .addColumn('message', 'text', (c) => c.notNull())
      .addColumn('evidence', 'text', (c) => c.notNull())
      .addColumn('used', 'text', (c) => c.notNull())
      .addColumn('gathered', 'text')
      .addColumn('at', 'integer', (c) => c.notNull())
      .execute()
    await db.schema
      .createIndex('verdicts_by_run')
      .on('verdicts')
      .columns(['session', 'task', 'run'])
      .execute()

    await db.schema
      .createTable('task_states')
      .addColumn('session', 'text', (c) => c.notNull().references('sessions.id'))
      .addColumn('task', 'text', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull().check(sql`status in ('passed', 'not-yet', 'broken')`))
      .addColumn('code', 'text', (c) => c.notNull())
      .addColumn('run', 'text', (c) => c.notNull())
      .addColumn('passed_at', 'integer')
      .addColumn('passed_run', 'text')
      .addPrimaryKeyConstraint('task_states_key', ['session', 'task'])
      .execute()

    await db.schema
      .createTable('answers')
      .addColumn('session', 'text', (c) => c.notNull().references('sessions.id'))
      .addColumn('task', 'text', (c) => c.notNull())
      .addColumn('field', 'text', (c) => c.notNull())
      .addColumn('value', 'text', (c) => c.notNull())
      .addColumn('tries', 'integer', (c) => c.notNull())
      .addColumn('at', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('answers_key', ['session', 'task', 'field'])
      .execute()

    await db.schema
      .createTable('journal')
      .addColumn('session', 'text', (c) => c.notNull().references('sessions.id'))
      .addColumn('seq', 'integer', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull().check(sql`kind in ('event', 'gap')`))
      .addColumn('time_nano', 'text', (c) => c.notNull())
      .addColumn('type', 'text')
      .addColumn('action', 'text')
      .addColumn('actor', 'text')
      .addColumn('attributes', 'text')
      .addColumn('reason', 'text')
      .addPrimaryKeyConstraint('journal_key', ['session', 'seq'])
      .execute()
  },
}
