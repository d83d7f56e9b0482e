import { z } from 'zod'
import { show } from './inspect.ts'
import { objectName, pattern, toPattern } from './params.ts'

const scalar = z.union([z.string().max(1000), z.number(), z.boolean(), z.null()])
const literal = z.union([scalar, z.array(scalar).max(50)])

/** The ways in which a value can be compared; a check that takes them asks for one. */
export const comparison = z.object({
  eq: literal.optional().describe('Equal to this value'),
  ne: literal.optional().describe('Anything but this value'),
  in: z.array(scalar).min(1).max(50).optional().describe('One of these values'),
  min: z.number().optional().describe('A number of at least this'),
  max: z.number().optional().describe('A number of at most this'),
  matches: pattern.optional().describe('Text that this regular expression finds; of a list, some element'),
  lacks: pattern
    .optional()
    .describe('Nothing, text or a list in which this regular expression finds nothing'),
  includes: scalar.optional().describe('A list with this element'),
  keys: z
    .array(z.string().max(200))
    .max(50)
    .optional()
    .describe('An object with exactly these keys, in any order'),
  empty: z.literal(true).optional().describe('Missing, null, or without content'),
  same_as: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Equal to the field at this path of the same object'),
  image: objectName.optional().describe('The id of this golden image'),
})
export type Comparison = z.infer<typeof comparison>

/** For the parameters of a check that takes one way of comparing. */
export function needsOneComparison(given: object, ctx: z.RefinementCtx): void {
  const asked = Object.keys(comparison.shape).filter(
    (name) => given[name as keyof typeof given] !== undefined,
  )
  const range = asked.length === 2 && asked.includes('min') && asked.includes('max')
  if (asked.length !== 1 && !range)
    ctx.addIssue({ code: 'custom', message: 'needs exactly one comparison, or min and max' })
}

/** Whether the value is as wanted; `other` is the value for `same_as` and `image`. A value of the wrong kind never is. */
export function compare(value: unknown, wanted: Comparison, other: unknown): boolean {
  if (wanted.eq !== undefined) return equals(value, wanted.eq)
  if (wanted.ne !== undefined) return !equals(value, wanted.ne)
  if (wanted.in !== undefined) return wanted.in.some((each) => equals(value, each))
  if (wanted.matches !== undefined)
    return textsOf(value)?.some((text) => toPattern(wanted.matches ?? '').test(text)) ?? false
  if (wanted.lacks !== undefined) {
    if (value === null || value === undefined) return true
    return textsOf(value)?.every((text) => !toPattern(wanted.lacks ?? '').test(text)) ?? false
  }
  if (wanted.includes !== undefined) return Array.isArray(value) && value.includes(wanted.includes)
  if (wanted.keys !== undefined) return hasKeys(value, wanted.keys)
  if (wanted.empty) return isEmpty(value)
  if (wanted.same_as !== undefined || wanted.image !== undefined)
    return value !== undefined && equals(value, other)
  if (wanted.min === undefined && wanted.max === undefined) return false
  return typeof value === 'number' && value >= (wanted.min ?? -Infinity) && value <= (wanted.max ?? Infinity)
}

/** What is wanted, in few words. */
export function describeComparison(wanted: Comparison): string {
  if (wanted.eq !== undefined) return show(wanted.eq)
  if (wanted.ne !== undefined) return `anything but ${show(wanted.ne)}`
  if (wanted.in !== undefined) return `one of ${wanted.in.map(show).join(', ')}`
  if (wanted.matches !== undefined) return `something like ${wanted.matches}`
  if (wanted.lacks !== undefined) return `nothing like ${wanted.lacks}`
  if (wanted.includes !== undefined) return `a list with ${show(wanted.includes)}`
  if (wanted.keys !== undefined) return `exactly ${wanted.keys.join(', ')}`
  if (wanted.empty) return 'nothing'
  if (wanted.same_as !== undefined) return `the same as ${wanted.same_as}`
  if (wanted.image !== undefined) return `the image ${wanted.image}`
  return describeRange(wanted)
}

export function describeRange({ min, max }: { min?: number; max?: number }): string {
  if (min !== undefined && max !== undefined) return `${show(min)} to ${show(max)}`
  return min !== undefined ? `at least ${show(min)}` : `at most ${show(max)}`
}

/** Equality of JSON values, as far as parameters can express them; objects equal nothing. */
function equals(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each, i) => equals(each, b[i]))
  return a === b && typeof a !== 'object' ? true : a === null && b === null
}

function textsOf(value: unknown): string[] | undefined {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value
  return undefined
}

function hasKeys(value: unknown, wanted: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const found = Object.keys(value)
  return found.length === new Set(wanted).size && wanted.every((key) => found.includes(key))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && Object.keys(value).length === 0
}
