import type { JournalRow } from '../../checks/check.ts'
import type { CheckUse } from '../../checks/run-check.ts'
import type { AuthorCheck, JournalLine } from '../contract/author.ts'
import type { GradedCheck } from './grade-tasks.ts'

/** Characters of JSON that are shown of one check. */
const MAX_PARAMS = 8_000
const MAX_GATHERED = 32_000
const MAX_WORD = 200
const MAX_ATTRIBUTES = 400

/** A check of a task with its latest verdict, when there is one of the check as it stands now. */
export function checkView(use: CheckUse, last: GradedCheck | undefined): AuthorCheck {
  const params = JSON.stringify(use.with, null, 2).slice(0, MAX_PARAMS)
  if (!last || JSON.stringify(last.use) !== JSON.stringify(use)) {
    const none = { code: null, message: null, evidence: [], gathered: null, ms: null, at: null }
    return { name: use.use, params, status: 'unchecked', ...none }
  }
  const { status, code, message, evidence, at } = last.verdict
  return {
    name: use.use,
    params,
    status,
    code,
    message,
    evidence,
    gathered: last.gathered === null ? null : indented(last.gathered).slice(0, MAX_GATHERED),
    ms: last.ms ?? null,
    at: new Date(at).toISOString(),
  }
}

/** A row of the journal in short. */
export function journalLine(row: JournalRow): JournalLine {
  const { seq, kind } = row
  const at = isoOf(row.timeNano)
  if (kind !== 'event') {
    const attributes = row.since !== undefined ? `since=${row.since}` : ''
    return { seq, at, by: 'drydock', type: kind, action: row.reason, name: '', attributes }
  }
  const { name, ...rest } = row.attributes
  const attributes = Object.entries(rest).map(([key, value]) => `${key}=${value}`)
  return {
    seq,
    at,
    by: row.by ?? 'student',
    type: row.type.slice(0, MAX_WORD),
    action: row.action.slice(0, MAX_WORD),
    name: (name || row.actorId.slice(0, 12)).slice(0, MAX_WORD),
    attributes: attributes.join(' ').slice(0, MAX_ATTRIBUTES),
  }
}

function indented(json: string): string {
  return JSON.stringify(JSON.parse(json), null, 2)
}

/** The sandbox's clock may say anything: what no date can be is the epoch. */
function isoOf(timeNano: string): string {
  const at = new Date(Number(BigInt(timeNano) / 1_000_000n))
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9999
    ? new Date(0).toISOString()
    : at.toISOString()
}
