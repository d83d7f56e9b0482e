import type { Insertable, Selectable, Updateable } from 'kysely'
import type { JournalMark, JournalRow } from '../../../checks/check.ts'
import type { Verdict } from '../../../checks/verdict.ts'
import type { SessionChange, SessionRecord, TaskRecord, VerdictRecord } from '../store.ts'
import type { Schema } from './schema.ts'

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
    readyAt: row.ready_at,
    endedAt: row.ended_at,
    problem: row.problem === null ? null : JSON.parse(row.problem),
  }
}

export function fromChange(change: SessionChange): Updateable<Schema['sessions']> {
  const { state, engineReady, steps, readyAt, endedAt, problem } = change
  return {
    ...(state !== undefined && { state }),
    ...(engineReady !== undefined && { engine_ready: engineReady ? 1 : 0 }),
    ...(steps !== undefined && { steps: JSON.stringify(steps) }),
    ...(readyAt !== undefined && { ready_at: readyAt }),
    ...(endedAt !== undefined && { ended_at: endedAt }),
    ...(problem !== undefined && { problem: problem === null ? null : JSON.stringify(problem) }),
  }
}

type VerdictRow = Pick<
  Selectable<Schema['verdicts']>,
  'task' | 'check_name' | 'status' | 'code' | 'message' | 'evidence' | 'at'
>

export function toVerdict(row: VerdictRow): Verdict {
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

export function toVerdictRecord(row: Selectable<Schema['verdicts']>): VerdictRecord {
  return { verdict: toVerdict(row), use: JSON.parse(row.used), gathered: row.gathered }
}

export function toTask(row: Selectable<Schema['task_states']>): TaskRecord {
  return {
    task: row.task,
    status: row.status as TaskRecord['status'],
    code: row.code,
    passedAt: row.passed_at,
  }
}

export function fromJournal(session: string, row: JournalRow): Insertable<Schema['journal']> {
  const common = { session, seq: row.seq, kind: row.kind, time_nano: row.timeNano }
  if (row.kind === 'gap') return { ...common, reason: row.reason }
  if (row.kind === 'mark') {
    const attributes = row.since === undefined ? null : JSON.stringify({ since: row.since })
    return { ...common, reason: row.reason, attributes }
  }
  return {
    ...common,
    type: row.type,
    action: row.action,
    actor: row.actorId,
    attributes: JSON.stringify(row.attributes),
  }
}

export function toJournal(row: Selectable<Schema['journal']>): JournalRow {
  const common = { seq: row.seq, timeNano: row.time_nano }
  if (row.kind === 'gap') return { kind: 'gap', ...common, reason: row.reason ?? '' }
  if (row.kind === 'mark') {
    const reason = row.reason as JournalMark['reason']
    return { kind: 'mark', ...common, reason, ...(row.attributes && JSON.parse(row.attributes)) }
  }
  return {
    kind: 'event',
    ...common,
    type: row.type ?? '',
    action: row.action ?? '',
    actorId: row.actor ?? '',
    attributes: JSON.parse(row.attributes ?? '{}'),
  }
}
