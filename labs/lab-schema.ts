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

const task = z.strictObject({
  id: kebab,
  title: line(100),
  /** In order: the first that is not passed is the one shown. */
  checks: z.array(checkUse).min(1).max(20),
  answers: z.array(answerField).max(10).default([]),
  /** From a nudge to almost the answer; markdown in one line. */
  hints: z.array(line(600)).length(3),
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
  solutions: Solution[]
  /** sha256 in hex over all that a student meets: the version in a receipt. */
  contentHash: string
}
