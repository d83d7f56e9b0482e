import { z } from 'zod'

export const labSummary = z.object({
  slug: z.string(),
  title: z.string(),
  /** One line: what the student will see or be able to do. */
  promise: z.string(),
  track: z.string(),
  minutes: z.int(),
  level: z.enum(['start', 'core', 'deep']),
  needs: z.array(z.string()),
  tasks: z.int(),
})
export type LabSummary = z.infer<typeof labSummary>

/** What is wrong in a lab's file, and where. */
export const labProblem = z.object({
  file: z.string(),
  line: z.int().optional(),
  column: z.int().optional(),
  field: z.string().optional(),
  message: z.string(),
})
export type LabProblem = z.infer<typeof labProblem>

/** A lab that cannot be used, with all that is wrong in its files. */
export const brokenLab = z.object({ slug: z.string(), problems: z.array(labProblem) })
export type BrokenLab = z.infer<typeof brokenLab>

/** `GET /api/labs`. */
export const labCatalogue = z.object({ labs: z.array(labSummary), broken: z.array(brokenLab) })
export type LabCatalogue = z.infer<typeof labCatalogue>

export const answerField = z.object({
  name: z.string(),
  label: z.string(),
  /** Closed choice when present, free text otherwise. */
  options: z.array(z.object({ value: z.string(), label: z.string() })).optional(),
})

export const labTask = z.object({
  id: z.string(),
  title: z.string(),
  /** Markdown. */
  body: z.string(),
  answers: z.array(answerField),
  /** Its share of the grade, beside those of the other tasks. */
  weight: z.int(),
  /** `latched`: passed once is passed. `must-hold`: judged again at submission. */
  grading: z.enum(['latched', 'must-hold']),
  /** At submission it is judged on a machine that the student never touched. */
  cleanRoom: z.boolean(),
})
export type LabTask = z.infer<typeof labTask>

export const labDetail = labSummary.omit({ tasks: true }).extend({
  /** Markdown: the story. */
  brief: z.string(),
  /** One or two sentences: the mental model to hold on to. */
  model: z.string(),
  /** "You will be able to ..." lines. */
  goals: z.array(z.string()),
  tasks: z.array(labTask),
  images: z.array(z.object({ name: z.string(), about: z.string() })),
  tools: z.array(z.string()),
  /** What one hint takes of its task's weight, 0 to 1. */
  hintCost: z.number(),
  /** Markdown shown when all tasks are passed: what was shown, what to try next. */
  afterword: z.string(),
  /** Why it cannot be started as its files are now; the rest is the lab as it last was valid. */
  problems: z.array(labProblem),
})
export type LabDetail = z.infer<typeof labDetail>
