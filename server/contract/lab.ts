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
  hints: z.array(z.string()),
  answers: z.array(answerField),
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
  /** Markdown shown when all tasks are passed: what was shown, what to try next. */
  afterword: z.string(),
})
export type LabDetail = z.infer<typeof labDetail>
