import type { JournalRow } from '../../checks/check.ts'
import { OWN_PREFIX } from '../../checks/own-checks.ts'
import type { Lab, LabTask } from '../../labs/lab-schema.ts'
import type { ReceiptBody } from '../contract/receipt.ts'
import { canonicalJson } from '../receipts/canonical-json.ts'
import type { CheckVersions } from '../receipts/check-versions.ts'
import { sha256 } from '../receipts/seal.ts'
import type { AnswerRecord, SessionRecord, UserRecord, VerdictRecord } from '../store/store.ts'

/** One task as it was graded. Times are milliseconds since the epoch. */
export interface GradedForReceipt {
  task: LabTask
  passed: boolean
  points: number
  code: string
  passedAt: number | null
  /** Whether a clean room had the last word. */
  cleanRoom: boolean
  /** It could not be judged and was handed in anyway. */
  broken?: true
  hints: readonly { code: string; index: number; at: number }[]
  /** From which the grade follows: those of the submission, or those of the run that first passed. */
  verdicts: readonly VerdictRecord[]
}

export interface ReceiptParts {
  id: string
  installation: string
  at: number
  submittedAt: number
  user: UserRecord
  session: SessionRecord
  lab: Lab
  versions: CheckVersions
  store: string | null
  /** Golden images: the name that a student sees to the image's id. */
  images: ReadonlyMap<string, string>
  grade: { points: number; of: number }
  tasks: readonly GradedForReceipt[]
  answers: readonly AnswerRecord[]
  /** As it was taken at the submission. */
  tamper: unknown
  journal: readonly JournalRow[]
}

/** What a receipt says, from what is known at a submission. Pure. */
export function receiptBody(parts: ReceiptParts): ReceiptBody {
  const { session, lab, versions, journal } = parts
  // A lab's own checks are part of its content.
  const versionOf = (name: string) => (name.startsWith(OWN_PREFIX) ? lab.contentHash : versions.of(name))
  const used = new Set(parts.tasks.flatMap(({ verdicts }) => verdicts.flatMap(({ use }) => namesIn(use))))
  return {
    format: 'drydock-receipt-1',
    id: parts.id,
    installation: parts.installation,
    at: iso(parts.at),
    person: { id: parts.user.id, name: parts.user.name },
    session: {
      id: session.id,
      createdAt: iso(session.createdAt),
      readyAt: isoOrNull(session.readyAt),
      submittedAt: iso(parts.submittedAt),
      seed: session.seed,
      sandbox: session.sandbox,
    },
    lab: { slug: lab.slug, title: lab.title, contentHash: lab.contentHash, hintCost: lab.hint_cost },
    checks: {
      library: versions.library,
      used: Object.fromEntries([...used].sort().map((name) => [name, versionOf(name)])),
    },
    machine: {
      store: parts.store,
      images: Object.fromEntries(lab.images.map(({ name }) => [name, parts.images.get(name) ?? 'not there'])),
    },
    grade: parts.grade,
    tasks: parts.tasks.map(taskOf),
    answers: parts.answers.map(({ at, ...answer }) => ({ ...answer, at: iso(at) })),
    tamper: parts.tamper ?? null,
    journal: {
      rows: journal.length,
      last: journal.at(-1)?.seq ?? 0,
      sha256: sha256(journal.map(canonicalJson).join('\n')),
    },
  }
}

function taskOf(graded: GradedForReceipt): ReceiptBody['tasks'][number] {
  const { task, passed, points, code } = graded
  return {
    task: task.id,
    weight: task.weight,
    grading: task.grading,
    passed,
    points,
    code,
    passedAt: isoOrNull(graded.passedAt),
    cleanRoom: graded.cleanRoom,
    ...(graded.broken && { broken: true }),
    hints: graded.hints.map(({ code, index, at }) => ({ code, index, at: iso(at) })),
    verdicts: graded.verdicts.map(({ verdict, use, gathered, snapshots }) => ({
      check: verdict.check,
      status: verdict.status,
      code: verdict.code,
      message: verdict.message,
      evidence: verdict.evidence,
      at: iso(verdict.at),
      use,
      gathered,
      snapshots: snapshots?.length ? canonicalJson(snapshots) : null,
      events: gathered === null ? [] : eventsIn(JSON.parse(gathered)),
    })),
  }
}

/** `seq` of every journal event that stands somewhere in what was gathered, each once, in order. */
function eventsIn(gathered: unknown): number[] {
  const found = new Set<number>()
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if ('kind' in value && value.kind === 'event' && 'seq' in value && typeof value.seq === 'number')
      found.add(value.seq)
    for (const each of Object.values(value)) visit(each)
  }
  visit(gathered)
  return [...found].sort((a, b) => a - b)
}

/** The names of the checks in a use: its own, and those of uses within. */
function namesIn(use: { use: string; with: unknown }): string[] {
  const names: string[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if ('use' in value && typeof value.use === 'string') names.push(value.use)
    for (const each of Object.values(value)) visit(each)
  }
  visit(use)
  return names
}

function iso(at: number): string {
  return new Date(at).toISOString()
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at)
}
