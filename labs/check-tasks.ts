import type { z } from 'zod'
import type { Check } from '../checks/check.ts'
import { codesOf } from '../checks/judge.ts'
import { didYouMean } from '../checks/nearest.ts'
import { OWN_PREFIX } from '../checks/own-checks.ts'
import { cleanRoomCodes } from './clean-room-codes.ts'
import { describeIssues } from './issue-words.ts'
import type { LabProblem, Path } from './lab-problem.ts'
import type { CheckUse, LabFile } from './lab-schema.ts'
import type { YamlFile } from './lab-yaml.ts'
import type { TaskCodes } from './solution-file.ts'

type Say = (path: Path, message: string) => void

/**
 * Validates what a schema of one file cannot see: names used twice, checks, their parameters and codes. `ownUnknown`: the lab's own
 * checks could not be loaded, so nothing is said of uses of them.
 */
export function checkTasks(
  file: YamlFile<LabFile>,
  checks: ReadonlyMap<string, Check>,
  ownUnknown = false,
): { codes: TaskCodes; problems: LabProblem[] } {
  const problems: LabProblem[] = []
  const say: Say = (path, message) => void problems.push(file.problem(path, message))
  const codes = new Map<string, Set<string>>()
  const fields = new Set<string>()
  for (const [taskIndex, task] of file.value.tasks.entries()) {
    const at = ['tasks', taskIndex]
    if (codes.has(task.id)) say([...at, 'id'], `there are two tasks ${task.id}`)
    for (const [index, { name }] of task.answers.entries()) {
      if (fields.has(name))
        say([...at, 'answers', index, 'name'], `there are two answer fields ${name} in this lab`)
      fields.add(name)
    }
    const unknown = ownUnknown && task.checks.some(isOwn)
    const taskCodes = unknown
      ? new AnyCode()
      : new Set<string>(task.verify ? Object.keys(cleanRoomCodes) : [])
    codes.set(task.id, taskCodes)
    for (const [index, use] of task.checks.entries()) {
      if (ownUnknown && isOwn(use)) continue
      const path = [...at, 'checks', index]
      const check = checks.get(use.use)
      if (!check) {
        say([...path, 'use'], `there is no check ${use.use}${orAll(use.use, checks.keys())}`)
        continue
      }
      const parsed = check.params.safeParse(use.with)
      const codes = parsed.success ? codesOf(check, parsed.data) : check.codes
      for (const code of ownCodes(use, codes, path, say)) taskCodes.add(code)
      if (!parsed.success)
        problems.push(...paramProblems(parsed.error.issues, check, [...path, 'with'], file, checks))
    }
    const ladders = Array.isArray(task.hints) ? [] : Object.keys(task.hints).filter((code) => code !== 'any')
    for (const [name, given] of [
      ['hints', ladders],
      ['misconceptions', Object.keys(task.misconceptions)],
    ] as const)
      for (const code of given)
        if (!taskCodes.has(code))
          say([...at, name, code], `the task never answers ${code}${orAll(code, taskCodes)}`)
  }
  return { codes, problems }
}

/** What is wrong with parameters that begin at `base`, also with those of checks inside. */
function paramProblems(
  issues: readonly z.core.$ZodIssue[],
  { params }: Check,
  base: Path,
  file: YamlFile<LabFile>,
  checks: ReadonlyMap<string, Check>,
): LabProblem[] {
  const named = issues.map((issue) => {
    const name = issue.path.at(-1) === 'use' ? file.at([...base, ...issue.path]) : undefined
    return typeof name !== 'string' || checks.has(name)
      ? issue
      : { ...issue, message: `there is no check ${name}${orAll(name, checks.keys())}` }
  })
  return describeIssues(named, params, file, base, (path) => {
    const at = path.lastIndexOf('with')
    const use = at < 0 ? undefined : file.at([...base, ...path.slice(0, at), 'use'])
    const inside = typeof use === 'string' ? checks.get(use) : undefined
    return inside && { schema: inside.params, path: path.slice(at + 1) }
  })
}

/** The codes of a task whose checks are not known. */
class AnyCode extends Set<string> {
  override has(): boolean {
    return true
  }
}

/** Whether a use is of a lab's own check, or holds one. */
function isOwn(use: CheckUse): boolean {
  return JSON.stringify(use).includes(`"use":"${OWN_PREFIX}`)
}

/** The codes that one use of a check can answer, under the task's own names. */
function ownCodes(use: CheckUse, answered: Record<string, string>, path: Path, say: Say): Set<string> {
  for (const code of Object.keys(use.codes))
    if (!Object.hasOwn(answered, code))
      say([...path, 'codes', code], `${use.use} has no such code${orAll(code, Object.keys(answered))}`)
  const codes = new Set(Object.keys(answered).map((code) => use.codes[code] ?? code))
  for (const code of Object.keys(use.messages))
    if (!codes.has(code))
      say([...path, 'messages', code], `this check does not answer ${code} here${orAll(code, codes)}`)
  return codes
}

/** The name that was meant, or all that there are. */
function orAll(word: string, names: Iterable<string>): string {
  const all = [...names]
  return didYouMean(word, all) || `; there are ${all.join(', ')}`
}
