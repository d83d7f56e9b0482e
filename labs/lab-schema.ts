import { z } from 'zod'
import type { Check } from '../checks/check.ts'
import { hidden } from './visible.ts'

/** Tracks in the order of the catalogue. */
export const tracks = [
  'Foundations',
  'Images and builds',
  'Networking and storage',
  'Compose and operations',
  'Security and performance',
] as const

/** Text without line ends and without characters that hide something from its reader. */
const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\r\n]*$/, 'must be one line')
    .refine((text) => !hidden(text), {
      error: ({ input }) => `has the control character ${hidden(String(input))?.shown}`,
    })
/** Names that appear in URLs, file names and on the student's command line. */
export const kebab = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lowercase words of letters and digits joined by hyphens')

const answerField = z.strictObject({
  name: kebab.describe('What the student types: `answer NAME VALUE`. Unique in the lab.'),
  label: line(200).describe('The question, as the page shows it'),
  options: z
    .array(
      z.strictObject({
        value: kebab.describe('What is answered'),
        label: line(200).describe('What the page shows for it'),
      }),
    )
    .min(2)
    .max(12)
    .optional()
    .describe('A closed choice; free text without'),
})

/** A check by its name in the registry, or in the lab's own checks.ts. */
const checkName = z
  .string()
  .max(60)
  .regex(/^[a-z0-9_-]+$/, 'must be the name of a check')

const checkUse = z.strictObject({
  use: checkName.describe("A check of Drydock or of the lab's own checks.ts"),
  with: z.record(z.string(), z.unknown()).default({}).describe("The check's parameters"),
  codes: z
    .record(kebab, kebab)
    .default({})
    .describe("The check's code to the task's own, such as `object-missing: no-boat`"),
  messages: z
    .record(kebab, line(400))
    .default({})
    .describe(
      "What the student reads, by the task's own code; the check's own sentence where there is none. {expected} and {observed} are filled in.",
    ),
})
export type CheckUse = z.infer<typeof checkUse>

const ladder = z
  .array(line(600).describe('Markdown in one line'))
  .min(1)
  .max(5)
  .describe('From a nudge to almost the answer')

const cleanRoom = z
  .strictObject({
    files: z
      .array(line(200))
      .max(20)
      .default([])
      .describe("Files and folders below the student's home that are taken along; links in them are refused"),
    images: z
      .array(line(200))
      .max(5)
      .default([])
      .describe("Images of the student's engine that are taken along, by tag"),
    script: z
      .string()
      .regex(/^[a-z0-9-]+\.sh$/, 'must be the name of a script, such as graceful.sh')
      .describe(
        "A file of the lab's verify folder; bash runs it as the student in the clean room, in a home that holds the files",
      ),
  })
  .describe(
    "What a fresh sandbox, which the student never touched, gets of the student's work before it is judged",
  )
export type CleanRoom = z.infer<typeof cleanRoom>

/** A week: longer than any session is meant to be. */
const MAX_MINUTES = 7 * 24 * 60
const minutes = z.number().min(1).max(MAX_MINUTES)

const time = z
  .strictObject({
    limit: minutes.optional().describe('Minutes from the moment it is ready to its end'),
    extension: minutes.optional().describe('Minutes that the student gets by extending it'),
    extensions: z.int().min(0).max(100).optional().describe('How often the student may extend it'),
    idle: minutes
      .optional()
      .describe('Minutes without anybody there after which the machine stands still until somebody comes'),
    grace: minutes
      .optional()
      .describe('Minutes after the end in which the student may read what came of it; without it for good'),
  })
  .describe("How long a session may take, where it differs from the installation's own numbers")

const size = (least: number, most: number, unit: string) =>
  z
    .string()
    .regex(/^[1-9][0-9]{0,4}[mg]$/, 'must be a whole number of MiB or GiB, such as 512m or 8g')
    .refine((text) => {
      const mebibytes = Number.parseInt(text, 10) * (text.endsWith('g') ? 1024 : 1)
      return mebibytes >= least && mebibytes <= most
    }, `must be between ${unit}`)

const resources = z
  .strictObject({
    memory: size(256, 64 * 1024, '256m and 64g')
      .optional()
      .describe('Memory of the whole machine, such as 512m or 2g; without it 1g'),
    disk: size(1024, 1024 * 1024, '1g and 1024g')
      .optional()
      .describe('Its disk, such as 8g; without it 4g'),
    pids: z
      .int()
      .min(100)
      .max(5_000)
      .optional()
      .describe('Processes at the same time, of the engine and all containers; without it 500'),
    cpus: z
      .number()
      .min(1)
      .max(64)
      .optional()
      .describe("CPUs that it may keep busy; without it half of the machine's"),
  })
  .describe(
    'What a machine may use, where the lab needs more or less than others; an installation may give less',
  )

const task = z.strictObject({
  id: kebab.describe('Names tasks/ID.md and stands in solutions; not shown to students'),
  title: line(100).describe('What is to be done, in a few words'),
  checks: z
    .array(checkUse)
    .min(1)
    .max(20)
    .describe('In order: the task is passed when all are, and shows the first that is not'),
  answers: z.array(answerField).max(10).default([]).describe('Questions that the student answers'),
  weight: z
    .int()
    .min(0)
    .max(100)
    .default(1)
    .describe("The task's share of the grade, beside those of the other tasks"),
  grading: z
    .enum(['latched', 'must-hold'])
    .default('latched')
    .describe('latched: passed once is passed. must-hold: judged again at submission'),
  verify: z
    .strictObject({ 'clean-room': cleanRoom })
    .optional()
    .describe('At submission the checks are judged on a machine that the student never touched'),
  hints: z
    .union([ladder, z.record(kebab, ladder).refine((by) => 'any' in by, 'needs a ladder called any')])
    .describe("One ladder, or one by the task's own code, with `any` for all others"),
  misconceptions: z
    .record(kebab, kebab)
    .default({})
    .describe("The task's own code to the misconception that it shows"),
})
export type TaskFile = z.infer<typeof task>

/** lab.yaml. */
export const labFile = z
  .strictObject({
    title: line(80).describe('What students read in the catalogue'),
    promise: line(160).describe('One line: what the student will see or be able to do'),
    track: z.enum(tracks).describe('Where it stands in the catalogue'),
    order: z.int().min(1).max(99).describe('Place in the track'),
    minutes: z.int().min(1).max(240).describe('How long it takes most students'),
    level: z.enum(['start', 'core', 'deep']).describe('start needs nothing; deep needs most of the track'),
    needs: z.array(kebab).max(10).default([]).describe('Slugs of labs to do before'),
    model: line(400).describe('The mental model to hold on to, in one or two sentences'),
    goals: z.array(line(200)).min(1).max(6).describe('Each continues "You will be able to ..."'),
    images: z.array(line(100)).min(1).max(12).describe('Names of the lab images that the student uses'),
    tools: z.array(line(60)).max(20).default([]).describe('Commands worth naming'),
    hint_cost: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe("What one hint takes of its task's weight, from 0 (nothing) to 1 (all of it)"),
    time: time.default({}),
    resources: resources.default({}),
    tasks: z.array(task).min(1).max(12).describe('In the order in which students meet them'),
  })
  .describe('A lab of Drydock')
export type LabFile = z.infer<typeof labFile>

/** labs/images/DIR/image.yaml. */
export const imageFile = z.strictObject({
  name: z
    .string()
    .max(100)
    .regex(/^[a-z0-9]+([/-][a-z0-9]+)*:[a-z0-9.]+$/, 'must be a name with a tag, such as busybox:1')
    .describe('What the student calls it'),
  about: line(200).describe('What it is, in a few words'),
  needs: z.array(kebab).max(10).default([]).describe('Folders of the images that it is built from'),
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
  /** What its tasks can use: every check of Drydock, and those of its own checks.ts. Who judges its tasks uses these. */
  checks: ReadonlyMap<string, Check>
  /** sha256 in hex over all that a student meets: the version in a receipt. */
  contentHash: string
}
