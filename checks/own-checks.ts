import { z } from 'zod'
import { type Check, CheckFault } from './check.ts'
import { inspect, show, valueAt } from './inspect.ts'
import { bearersOf, concernsContainer, isAbout, livesOf, millisBetween } from './journal-rows.ts'
import { broken, journalGap, noContainer, notRunning, notYet, passed } from './outcome.ts'
import { containerName, objectName, pattern, toPattern } from './params.ts'
import { runTool } from './probe.ts'

/** Gives a check its types: gathered and parameters follow from `gather` and `params`. */
function defineCheck<Params, Gathered>(check: Check<Params, Gathered>): Check {
  return check as Check
}

/** What a lab's own checks are made with. They import types only: a course may lie anywhere on the disk. */
const kit = {
  z,
  defineCheck,
  passed,
  notYet,
  broken,
  noContainer,
  notRunning,
  journalGap,
  CheckFault,
  containerName,
  objectName,
  pattern,
  toPattern,
  inspect,
  valueAt,
  show,
  bearersOf,
  concernsContainer,
  isAbout,
  livesOf,
  millisBetween,
  runTool,
}

/**
 * The default export of a lab's checks.ts. It runs in the server: labs are trusted content.
 * @public
 */
export type LabChecks = (given: typeof kit) => Check[]

/** A lab's own checks bear names with this in front, so that they cannot be taken for Drydock's. */
export const OWN_PREFIX = 'lab_'

/** More own checks than any lab has need of. */
const MAX_OWN = 20

const ask = z.custom<never>((value) => typeof value === 'function', 'must be a function')
const ownCheck = z.looseObject({
  name: z
    .string()
    .max(60)
    .regex(/^lab_[a-z0-9_]+$/, `must be ${OWN_PREFIX} and words of lowercase letters and digits`),
  about: z.string().min(1).max(400),
  params: z.instanceof(z.ZodType, { message: 'must be a zod schema, such as z.strictObject({})' }),
  codes: z.record(
    z
      .string()
      .max(60)
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lowercase words joined by hyphens'),
    z.string().min(1).max(400),
  ),
  gather: ask,
  judge: ask,
  affectedBy: ask,
  asks: ask.optional(),
  moreCodes: ask.optional(),
  hasMoment: ask.optional(),
  timed: z.union([z.literal(true), ask]).optional(),
})

/** The checks that the default export of a checks.ts gives. Throws an Error that says what is wrong with it. */
export function ownChecksOf(exported: unknown): Check[] {
  if (typeof exported !== 'function')
    throw new Error(
      'its default export must be a function that takes { z, defineCheck, ... } and answers a list of checks',
    )
  const made: unknown = exported(kit)
  if (!Array.isArray(made) || made.length > MAX_OWN)
    throw new Error(`its default export must answer a list of at most ${MAX_OWN} checks`)
  const names = new Set<string>()
  for (const [i, each] of made.entries()) {
    const issue = ownCheck.safeParse(each).error?.issues[0]
    const name = (each as { name?: unknown } | null)?.name
    if (issue)
      throw new Error(
        `check ${typeof name === 'string' ? name : i + 1}: ${issue.path.join('.') || 'it'}: ${issue.message}`,
      )
    if (names.has(String(name))) throw new Error(`there are two checks ${name}`)
    names.add(String(name))
  }
  return made as Check[]
}
