import type { Check } from '../checks/check.ts'
import { didYouMean } from '../checks/nearest.ts'
import type { Written } from './issue-words.ts'
import type { Finding, Path } from './lab-problem.ts'
import type { CheckUse, Lab, LabTask } from './lab-schema.ts'
import { lintTexts } from './lint-texts.ts'

export interface LintDeps {
  /** What each lab image is, by its name. */
  images: ReadonlyMap<string, string>
  /** So many solutions at least. */
  solutions: { good: number; bad: number }
}

export type Say = (level: Finding['level'], path: Path, message: string) => void

/** All that can be said about a lab without running it. `file` names places in its lab.yaml. */
export function lintLab(lab: Lab, file: Written, deps: LintDeps): Finding[] {
  const found: Finding[] = []
  const say: Say = (level, path, message) => void found.push({ level, ...file.problem(path, message) })
  countSolutions(lab, deps, found)
  if (lab.tasks.every(({ weight }) => weight === 0))
    say('problem', ['tasks'], 'no task has a weight, so there is nothing to grade by')
  for (const [index, task] of lab.tasks.entries()) lintTask(lab, task, ['tasks', index], say)
  found.push(...lintTexts(lab, file, deps.images))
  return found
}

function countSolutions(lab: Lab, { solutions }: LintDeps, found: Finding[]): void {
  for (const kind of ['good', 'bad'] as const) {
    const there = lab.solutions.filter((each) => each.kind === kind).length
    const wanted = solutions[kind]
    if (there >= wanted) continue
    const message = `${there === 0 ? 'there is no' : `there ${there === 1 ? 'is' : 'are'} only ${there}`} ${kind} solution${there > 1 ? 's' : ''}; a lab needs ${wanted}`
    found.push({ level: 'problem', file: `${lab.slug}/solutions/${kind}`, message })
  }
}

function lintTask(lab: Lab, task: LabTask, at: Path, say: Say): void {
  if (!lab.solutions.some(({ passes }) => passes.includes(task.id)))
    say('problem', [...at, 'id'], `no good solution passes ${task.id}`)
  if (task.verify && task.grading !== 'must-hold')
    say(
      'warning',
      [...at, 'verify'],
      'only a submission uses a clean room; say grading: must-hold, so that students know',
    )
  const expected = new Set(
    lab.solutions.flatMap(({ fails }) => (fails?.task === task.id ? [fails.code] : [])),
  )
  if (expected.size === 0) say('warning', [...at, 'id'], `no bad solution fails ${task.id}`)
  for (const [index, use] of task.checks.entries()) {
    const path = [...at, 'checks', index]
    const codes = codesOf(use, lab.checks)
    if (expected.size > 0 && !codes.some((code) => expected.has(code)))
      say('warning', [...path, 'use'], `no bad solution expects a code of this check: ${codes.join(', ')}`)
    for (const [code, message] of Object.entries(use.messages))
      lintMessage(message, [...path, 'messages', code], say)
  }
}

/** What one use can answer, by the task's own names. */
function codesOf(use: CheckUse, checks: ReadonlyMap<string, Check>): string[] {
  const codes = Object.keys(checks.get(use.use)?.codes ?? {})
  return [...new Set(codes.map((code) => use.codes[code] ?? code))]
}

function lintMessage(message: string, path: Path, say: Say): void {
  const places = ['expected', 'observed']
  for (const [whole, name = ''] of message.matchAll(/\{([a-z_]+)\}/gu)) {
    const near = didYouMean(name, places)
    if (!places.includes(name) && near)
      say('warning', path, `${whole} is not filled in${near.replace(/`(\w+)`/u, '`{$1}`')}`)
  }
}
