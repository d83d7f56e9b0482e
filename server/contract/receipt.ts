import { z } from 'zod'
import { submission } from './session.ts'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const at = z.iso.datetime()

const receiptVerdict = z.strictObject({
  check: z.string(),
  status: z.enum(['passed', 'not-yet', 'broken']),
  code: z.string(),
  message: z.string(),
  evidence: z.array(z.strictObject({ expected: z.string(), observed: z.string(), source: z.string() })),
  at,
  /** The check as the lab used it. */
  use: z.unknown(),
  /** JSON text from which the verdict can be judged again; null when gathering failed. */
  gathered: z.string().nullable(),
  /** JSON text of what was inspected on the way, secrets masked; null when nothing was. */
  snapshots: z.string().nullable(),
  /** `seq` of the journal's events in what was gathered. */
  events: z.array(z.int()),
})

const receiptTask = z.strictObject({
  task: z.string(),
  weight: z.int(),
  grading: z.enum(['latched', 'must-hold']),
  passed: z.boolean(),
  points: z.number(),
  code: z.string(),
  /** When it was first passed. */
  passedAt: at.nullable(),
  /** Judged on a machine that the student never touched. */
  cleanRoom: z.boolean(),
  /** It could not be judged and was handed in anyway: no points, for a person to judge. Absent otherwise. */
  broken: z.literal(true).optional(),
  hints: z.array(z.strictObject({ code: z.string(), index: z.int(), at })),
  verdicts: z.array(receiptVerdict),
})

/** What was graded and from what: all that a receipt's seal speaks of. */
export const receiptBody = z.strictObject({
  format: z.literal('drydock-receipt-1'),
  id: z.string(),
  installation: z.string(),
  /** When it was written. */
  at,
  person: z.strictObject({ id: z.string(), name: z.string() }),
  session: z.strictObject({
    id: z.string(),
    createdAt: at,
    readyAt: at.nullable(),
    submittedAt: at,
    /** Random; what differed between students was derived from it. */
    seed: z.string(),
    /** The sandbox at the end; a reset gives a session a new one. */
    sandbox: z.string(),
  }),
  lab: z.strictObject({
    slug: z.string(),
    title: z.string(),
    /** Hash of all that a student meets, with the checks and scripts. */
    contentHash: sha256,
    /** What each hint took of its task's points, 0 to 1. Receipts of older versions do not say. */
    hintCost: z.number().optional(),
  }),
  /** Hash of the whole check library, and by name of each check that was used. */
  checks: z.strictObject({ library: sha256, used: z.record(z.string(), sha256) }),
  machine: z.strictObject({
    /** Name of the golden store; null where the driver has none. */
    store: z.string().nullable(),
    /** The lab's images by the student's name: their ids, which are digests. */
    images: z.record(z.string(), z.string()),
  }),
  grade: submission.pick({ points: true, of: true }),
  tasks: z.array(receiptTask),
  answers: z.array(
    z.strictObject({ task: z.string(), field: z.string(), value: z.string(), tries: z.int(), at }),
  ),
  /** What was not as at the start of the machine, for a person to judge. */
  tamper: z.unknown(),
  /** The session's journal: how many rows, the last one's `seq`, and the hash of them all in order. */
  journal: z.strictObject({ rows: z.int(), last: z.int(), sha256 }),
})
export type ReceiptBody = z.infer<typeof receiptBody>

export const receiptSeal = z.strictObject({
  /** SHA-256 of the canonical JSON of each part, by its JSON pointer. */
  parts: z.record(z.string(), sha256),
  algorithm: z.literal('Ed25519'),
  /** The installation's public key: SPKI, DER, base64. */
  key: z.string().max(200),
  /** Of the canonical JSON of `parts`, base64. */
  signature: z.string().max(200),
})
export type ReceiptSeal = z.infer<typeof receiptSeal>

/** `GET /api/sessions/:id/receipt`, and the file that `receipt verify` reads. */
export const receipt = receiptBody.extend({ seal: receiptSeal })
export type Receipt = z.infer<typeof receipt>
