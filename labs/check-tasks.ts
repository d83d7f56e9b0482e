import type { Check } from '../checks/check.ts'
import type { CheckUse, LabCheck, LabFile, TaskFile } from './lab-schema.ts'
import { describe, type LabProblem, type Path } from './lab-yaml.ts'
import type { TaskCodes } from './solution-file.ts'

type Say = (path: Path, message: string) => void

export interface CheckedTasks {
  tasks: (Omit<TaskFile, 'checks'> & { checks: LabCheck[] })[]
  codes: TaskCodes
  problems: LabProblem[]
}

/** Validates what a schema of one file cannot see: names used twice, checks, their parameters and codes. */
export function checkTasks(
  file: LabFile,
  checks: ReadonlyMap<string, Check>,
  problem: (path: Path, message: string) => LabProblem,
): CheckedTasks {
  const problems: LabProblem[] = []
  const say: Say = (path, message) => void problems.push(problem(path, message))
  const codes = new Map<string, ReadonlySet<string>>()
  const fields = new Set<string>()
  const tasks = file.tasks.map((task, taskIndex) => {
    const at = ['tasks', taskIndex]
    if (codes.has(task.id)) say([...at, 'id'], `there are two tasks ${task.id}`)
    for (const [index, { name }] of task.answers.entries()) {
      if (fields.has(name))
        say([...at, 'answers', index, 'name'], `there are two answer fields ${name} in this lab`)
      fields.add(name)
    }
    const taskCodes = new Set<string>()
    codes.set(task.id, taskCodes)
    const used = task.checks.map((use, index): LabCheck => {
      const { with: given, ...rest } = use
      const path = [...at, 'checks', index]
      const check = checks.get(use.use)
      if (!check) {
        say([...path, 'use'], `there is no check ${use.use}; there are ${[...checks.keys()].join(', ')}`)
        return { ...rest, params: given }
      }
      for (const code of codesOf(use, check, path, say)) taskCodes.add(code)
      const parsed = check.params.safeParse(given)
      if (parsed.success) return { ...rest, params: parsed.data }
      problems.push(
        ...parsed.error.issues.slice(0, 20).flatMap((issue) => describe(issue, problem, [...path, 'with'])),
      )
      return { ...rest, params: given }
    })
    return { ...task, checks: used }
  })
  return { tasks, codes, problems }
}

/** The codes that one use of a check can answer, under the task's own names. */
function codesOf(use: CheckUse, check: Check, path: Path, say: Say): Set<string> {
  for (const code of Object.keys(use.codes))
    if (!Object.hasOwn(check.codes, code))
      say(
        [...path, 'codes', code],
        `${check.name} has no such code; it has ${Object.keys(check.codes).join(', ')}`,
      )
  const codes = new Set(Object.keys(check.codes).map((code) => use.codes[code] ?? code))
  for (const code of Object.keys(use.messages))
    if (!codes.has(code)) say([...path, 'messages', code], `this check does not answer ${code} here`)
  return codes
}
