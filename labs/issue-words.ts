import type { z } from 'zod'
import { didYouMean } from '../checks/nearest.ts'
import { fieldsAt, toJsonSchema } from './json-schema.ts'
import type { LabProblem, Path } from './lab-problem.ts'

/** The text that was validated, as far as a complaint about it needs to know. */
export interface Written {
  problem(path: Path, message: string): LabProblem
  /** What stands at this path; undefined where nothing does. */
  at(path: Path): unknown
}

/** A schema inside of another one, and the way from it to a place. */
export type Inner = (path: Path) => { schema: z.ZodType; path: Path } | undefined

/**
 * What zod found wrong, in an author's words, with the place of each. `base` is where `schema` begins in the text; `inner` finds what
 * a schema cannot tell of itself, such as the parameters of a check inside of another one.
 */
export function describeIssues(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodType,
  written: Written,
  base: Path = [],
  inner: Inner = () => undefined,
): LabProblem[] {
  const describe = (issue: z.core.$ZodIssue, above: Path): LabProblem[] => {
    const path = [...above, ...issue.path]
    const value = written.at([...base, ...path])
    const say = (message: string) => [written.problem([...base, ...path], message)]
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => {
          const at = inner(path) ?? { schema, path }
          const near = didYouMean(key, fieldsAt(toJsonSchema(at.schema), at.path, value))
          return written.problem([...base, ...path, key], `is not a field here${near}`)
        })
      case 'invalid_type':
        return say(
          value === undefined ? 'is missing' : `must be ${kindName(issue.expected)}, not ${kindOf(value)}`,
        )
      case 'invalid_value':
        return say(value === undefined ? 'is missing' : oneOf(value, issue.values))
      case 'invalid_key':
        return say(issue.issues[0]?.message ?? issue.message)
      case 'invalid_union':
        return describeUnion(issue, value, say, (each) => describe(each, path))
      case 'too_small':
        return say(
          `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unitOf(issue.origin)}`,
        )
      case 'too_big':
        return say(
          `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unitOf(issue.origin)}`,
        )
      default:
        return say(issue.message)
    }
  }
  return issues.slice(0, 20).flatMap((issue) => describe(issue, []))
}

type Union = Extract<z.core.$ZodIssue, { code: 'invalid_union' }>

/** Of several shapes the one that was meant: the only one of the right kind, or the one that fits furthest. */
function describeUnion(
  issue: Union,
  value: unknown,
  say: (message: string) => LabProblem[],
  describe: (issue: z.core.$ZodIssue) => LabProblem[],
): LabProblem[] {
  if (value === undefined) return say('is missing')
  if ('options' in issue && Array.isArray(issue.options)) return say(oneOf(value, issue.options))
  const kinds = issue.errors.flatMap((each) =>
    each.length === 1 && each[0]?.code === 'invalid_type' && each[0].path.length === 0
      ? [each[0].expected]
      : [],
  )
  const fitting = issue.errors.filter((each) =>
    each.some(({ code, path }) => code !== 'invalid_type' || path.length > 0),
  )
  const depth = (each: z.core.$ZodIssue[]) => Math.max(...each.map(({ path }) => path.length))
  const meant = fitting.sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0]
  if (meant) return meant.flatMap(describe)
  return say(
    kinds.length > 0
      ? `must be ${[...new Set(kinds.map(kindName))].join(' or ')}, not ${kindOf(value)}`
      : issue.message,
  )
}

function oneOf(value: unknown, values: readonly unknown[]): string {
  const words = values.map(String)
  const near = typeof value === 'string' ? didYouMean(value, words) : ''
  return near
    ? `cannot be ${shown(value)}${near}`
    : `must be ${words.length > 1 ? 'one of ' : ''}${words.join(', ')}`
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 60)
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return kindName(typeof value)
}

const kindNames: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a set of fields',
  record: 'a set of fields',
  null: 'null',
}

function kindName(kind: string): string {
  return kindNames[kind] ?? kind
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long'
  return origin === 'array' ? ' entries long' : ''
}
