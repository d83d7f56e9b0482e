import { z } from 'zod'

/** Tracks in the order of the catalogue. */
export const tracks = [
  'Foundations',
  'Images and builds',
  'Networking and storage',
  'Compose and operations',
  'Security and performance',
] as const

const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\r\n]*$/, 'must be one line')
/** Names that appear in URLs, file names and on the student's command line. */
export const kebab = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lowercase words of letters and digits joined by hyphens')

const answerField = z.strictObject({
  /** Unique in the lab: `answer FIELD VALUE` in the terminal names no task. */
  name: kebab,
  label: line(200),
  /** A closed choice; free text without. */
  options: z
    .array(z.strictObject({ value: kebab, label: line(200) }))
    .min(2)
    .max(12)
    .optional(),
})

const checkUse = z.strictObject({
  /** A check of the registry. */
  use: z
    .string()
    .max(60)
    .regex(/^[a-z0-9_-]+$/, 'must be the name of a check'),
  /** Its parameters, validated against that check's own schema. */
  with: z.record(z.string(), z.unknown()).default({}),
  /** The check's code to the task's own, such as `step-missing: exit-code-faked`. */
  codes: z.record(kebab, kebab).default({}),
  /** What the student reads, by the task's own code; the check's own sentence where there is none. */
  messages: z.record(kebab, line(400)).default({}),
})
export type CheckUse = z.infer<typeof checkUse>

const ladder = z.array(line(600)).min(1).max(5)

/** What a fresh sandbox, which the student never touched, gets of the student's work before it is judged. */
const cleanRoom = z.strictObject({
  /** Files and folders below the student's home; links in them are refused. */
  files: z.array(line(200)).max(20).default([]),
  /** Images of the student's engine, by tag. */
  images: z.array(line(200)).max(5).default([]),
  /** Run by bash as the student in the clean room, in a home that holds the files: a file of the lab's `verify` folder. */
  script: z.string().regex(/^[a-z0-9-]+\.sh$/, 'must be the name of a script, such as graceful.sh'),
})
export type CleanRoom = z.infer<typeof cleanRoom>

const task = z.strictObject({
  id: kebab,
  title: line(100),
  /** In order: the first that is not passed is the one shown. */
  checks: z.array(checkUse).min(1).max(20),
  answers: z.array(answerField).max(10).default([]),
  /** Its share of the grade, beside those of the other tasks. */
  weight: z.int().min(0).max(100).default(1),
  /** `latched`: passed once is passed. `must-hold`: judged again at submission. */
  grading: z.enum(['latched', 'must-hold']).default('latched'),
  /** At submission the checks are judged on a machine that the student never touched. */
  verify: z.strictObject({ 'clean-room': cleanRoom }).optional(),
  /** From a nudge to almost the answer, markdown in one line each: one ladder, or one by code with `any` for all others. */
  hints: z.union([ladder, z.record(kebab, ladder).refine((by) => 'any' in by, 'needs a ladder called any')]),
  /** The task's own code to the misconception that it shows. */
  misconceptions: z.record(kebab, kebab).default({}),
})
export type TaskFile = z.infer<typeof task>

/** lab.yaml. */
export const labFile = z.strictObject({
  title: line(80),
  promise: line(160),
  track: z.enum(tracks),
  /** Place in the track. */
  order: z.int().min(1).max(99),
  minutes: z.int().min(1).max(240),
  level: z.enum(['start', 'core', 'deep']),
  /** Slugs of labs to do before. */
  needs: z.array(kebab).max(10).default([]),
  /** The mental model, one or two sentences. */
  model: line(400),
  /** Each continues "You will be able to ...". */
  goals: z.array(line(200)).min(1).max(6),
  /** Names of lab images that the student uses. */
  images: z.array(line(100)).min(1).max(12),
  /** Commands worth naming. */
  tools: z.array(line(60)).max(20).default([]),
  /** What one hint takes of its task's weight, from 0 (nothing) to 1 (all of it). */
  hint_cost: z.number().min(0).max(1).default(0),
  tasks: z.array(task).min(1).max(12),
})
export type LabFile = z.infer<typeof labFile>

/** labs/images/DIR/image.yaml. */
export const imageFile = z.strictObject({
  /** What the student calls it. */
  name: z
    .string()
    .max(100)
    .regex(/^[a-z0-9]+([/-][a-z0-9]+)*:[a-z0-9.]+$/, 'must be a name with a tag, such as busybox:1'),
  about: line(200),
  /** Folders of the images that it is built from. */
  needs: z.array(kebab).max(10).default([]),
})

export interface Solution {
  kind: 'good' | 'bad'
  /** File name without `.sh`. */
  name: string
  script: string
  /** Tasks that a good one passes; empty for a bad one. */
  passes: string[]
  /** The task that a bad one fails and the code it gets there; undefined for a good one. */
  fails?: { task: string; code: string }
  /** What it shows, for authors. */
  teaches: string
}

export interface LabTask extends TaskFile {
  /** Markdown. */
  body: string
  /** The text of `verify.clean-room.script`. */
  verifyScript: string | undefined
}

export interface Lab extends Omit<LabFile, 'tasks' | 'images'> {
  slug: string
  /** Markdown. */
  brief: string
  /** Markdown. */
  afterword: string
  images: { name: string; about: string }[]
  tasks: LabTask[]
  /** Run by bash as the student before the lab begins. */
  setup: string | undefined
  /** Run by bash as the student after a checkpoint was restored, for labs that need running containers. */
  resume: string | undefined
  solutions: Solution[]
  /** sha256 in hex over all that a student meets: the version in a receipt. */
  contentHash: string
}
