import { z } from 'zod'
import { didYouMean } from '../checks/nearest.ts'
import type { LabProblem } from './lab-problem.ts'
import { kebab, type Solution } from './lab-schema.ts'
import { visible } from './visible.ts'

const header = {
  good: z.strictObject({
    passes: z.string().transform((text) => text.split(',').map((id) => id.trim())),
    teaches: z.string().optional(),
  }),
  bad: z.strictObject({ task: kebab, code: kebab, teaches: z.string() }),
}

/** What a task can answer: its codes, without `passed`. */
export type TaskCodes = ReadonlyMap<string, ReadonlySet<string>>

/**
 * Reads a solution's header, the comment lines `# key: value` before its first command:
 * `passes: all` (or tasks) in a good one; `task`, `code` and `teaches` in a bad one.
 */
export function readSolution(
  kind: Solution['kind'],
  name: string,
  script: string,
  codes: TaskCodes,
  file: string,
): { ok: true; solution: Solution } | { ok: false; problems: LabProblem[] } {
  const fields = new Map<string, { value: string; line: number; column: number }>()
  const problems: LabProblem[] = []
  for (const [index, text] of script.split('\n').entries()) {
    if (text.trim() !== '' && !text.startsWith('#')) break
    const [, key, value] = /^#\s*([a-z]+):\s+(.*\S)\s*$/.exec(text) ?? []
    if (key === undefined || value === undefined) continue
    const place = { line: index + 1, column: text.indexOf(key) + 1 }
    if (fields.has(key)) problems.push({ file, ...place, field: key, message: 'is given twice' })
    fields.set(key, { value, ...place })
  }
  const problem = (field: string, message: string) => {
    const { line, column } = fields.get(field) ?? { line: 1, column: 1 }
    problems.push({ file, line, column, field, message: visible(message) })
  }
  const given = Object.fromEntries([...fields].map(([key, { value }]) => [key, value]))
  const refuse = (issues: z.core.$ZodIssue[]) => {
    for (const issue of issues) {
      if (issue.code === 'unrecognized_keys')
        for (const key of issue.keys)
          problem(key, `is not a field here${didYouMean(key, Object.keys(header[kind].shape))}`)
      else
        problem(
          String(issue.path[0] ?? ''),
          given[String(issue.path[0])] === undefined ? 'is missing' : issue.message,
        )
    }
  }

  if (kind === 'good') {
    const parsed = header.good.safeParse(given)
    if (!parsed.success) refuse(parsed.error.issues)
    else {
      const all = [...codes.keys()]
      const passes = parsed.data.passes.includes('all') ? all : parsed.data.passes
      for (const id of passes)
        if (!codes.has(id)) problem('passes', `there is no task ${id}${didYouMean(id, all)}`)
      if (problems.length === 0)
        return { ok: true, solution: { kind, name, script, passes, teaches: parsed.data.teaches ?? '' } }
    }
    return { ok: false, problems }
  }

  const parsed = header.bad.safeParse(given)
  if (!parsed.success) refuse(parsed.error.issues)
  else {
    const { task, code, teaches } = parsed.data
    const known = codes.get(task)
    if (!known) problem('task', `there is no task ${task}${didYouMean(task, codes.keys())}`)
    else if (!known.has(code))
      problem(
        'code',
        `the task ${task} never answers ${code}${didYouMean(code, known) || `; it can answer ${[...known].join(', ')}`}`,
      )
    if (problems.length === 0)
      return { ok: true, solution: { kind, name, script, passes: [], fails: { task, code }, teaches } }
  }
  return { ok: false, problems }
}
