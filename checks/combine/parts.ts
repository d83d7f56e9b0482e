import { z } from 'zod'
import type { Check, CheckContext, JournalEvent } from '../check.ts'
import { askedBy, faultOf, isTimed, judge } from '../judge.ts'
import type { Outcome } from '../verdict.ts'

/** Finds a check by its name: the registry that a combining check is part of. */
export type Lookup = (name: string) => Check | undefined

/** A use inside another one: its check and its parameters with their defaults. */
export interface Part {
  check: Check
  params: unknown
}

/** What one part found, or how its gathering failed. */
export type Found = { found: unknown } | { fault: Outcome }

/** Uses within uses go so deep, and so many stand in one use of a task. */
const MAX_DEPTH = 4
const MAX_PARTS = 20

const rawUse = z.strictObject({
  use: z.string().max(60).describe('A check'),
  with: z.record(z.string(), z.unknown()).default({}).describe('Its parameters'),
})
type RawUse = z.infer<typeof rawUse>

type Accepts = (part: Part) => string | undefined
const anyPart: Accepts = () => undefined

/** A parameter that holds one use. */
export function partOf(lookup: Lookup, accepts: Accepts = anyPart) {
  return rawUse.transform((raw, ctx) => parseAll([raw], lookup, accepts, ctx, () => [])?.[0] ?? z.NEVER)
}

/** A parameter that holds a list of uses; `accepts` says why one cannot stand here. */
export function partsOf(lookup: Lookup, least: number, accepts: Accepts = anyPart) {
  return z
    .array(rawUse)
    .min(least)
    .max(MAX_PARTS)
    .transform((raws, ctx) => parseAll(raws, lookup, accepts, ctx, (i) => [i]) ?? z.NEVER)
}

/** Every raw use as a part; undefined when one is not valid, with its problems told under `at`. */
function parseAll(
  raws: readonly RawUse[],
  lookup: Lookup,
  accepts: Accepts,
  ctx: z.RefinementCtx,
  at: (i: number) => PropertyKey[],
): Part[] | undefined {
  const sizes = raws.map((raw) => sizeOf(raw))
  const count = sizes.reduce((sum, each) => sum + each.count, 0)
  if (count > MAX_PARTS || sizes.some(({ depth }) => depth > MAX_DEPTH)) {
    ctx.addIssue(`may hold ${MAX_PARTS} uses in all, and these at most ${MAX_DEPTH} deep`)
    return undefined
  }
  const parts = raws.map((raw, i) => parse(raw, lookup, accepts, at(i), ctx))
  return parts.every((part) => part !== undefined) ? parts : undefined
}

function parse(
  raw: RawUse,
  lookup: Lookup,
  accepts: Accepts,
  at: PropertyKey[],
  ctx: z.RefinementCtx,
): Part | undefined {
  const refuse = (message: string) =>
    void ctx.addIssue({ code: 'custom', path: [...at, 'use'], message, input: raw })
  const check = lookup(raw.use)
  if (!check) return refuse(`there is no check ${raw.use}`)
  const params = check.params.safeParse(raw.with)
  if (!params.success) {
    for (const issue of params.error.issues.slice(0, 20))
      ctx.addIssue({ ...issue, path: [...at, 'with', ...issue.path] } as z.core.$ZodRawIssue)
    return undefined
  }
  const part = { check, params: params.data }
  const refusal = accepts(part)
  return refusal === undefined ? part : refuse(refusal)
}

/** How many uses stand in a raw one and how deep, itself counted; does not look further where it is too deep anyway. */
function sizeOf(raw: unknown, depth = 1): { depth: number; count: number } {
  const { of } = ((raw as RawUse | null)?.with ?? {}) as { of?: unknown }
  if (depth > MAX_DEPTH || of === undefined) return { depth, count: 1 }
  const inner = (Array.isArray(of) ? of.slice(0, MAX_PARTS + 1) : [of]).map((each) => sizeOf(each, depth + 1))
  return {
    depth: Math.max(depth, ...inner.map((each) => each.depth)),
    count: 1 + inner.reduce((sum, each) => sum + each.count, 0),
  }
}

/** Gathers the parts one after the other: probes must not see each other. A part that fails does not keep the others from speaking. */
export async function gatherParts(context: CheckContext, parts: readonly Part[]): Promise<Found[]> {
  const all: Found[] = []
  for (const { check, params } of parts) {
    try {
      const found = await check.gather(context, params)
      all.push(found === undefined ? { fault: faultOf(undefined) } : { found })
    } catch (error) {
      context.signal.throwIfAborted()
      all.push({ fault: faultOf(error) })
    }
  }
  return all
}

/** What each part says of what it found. */
export function judgeParts(parts: readonly Part[], found: readonly Found[]): Outcome[] {
  return parts.map(({ check, params }, i) => {
    const mine = found[i]
    if (!mine) return faultOf(undefined)
    return 'fault' in mine ? { ...mine.fault, status: 'broken' } : judge(check, mine.found, params)
  })
}

export function partsAffected(parts: readonly Part[], event: JournalEvent): boolean {
  return parts.some(({ check, params }) => check.affectedBy(event, params))
}

/** What the parts ask, each under its check's name. */
export function askedByParts(parts: readonly Part[]): unknown[] {
  return parts.map(({ check, params }) => [check.name, askedBy(check, params)])
}

export function someTimed(parts: readonly Part[]): boolean {
  return parts.some(({ check, params }) => isTimed(check, params))
}

export function everyMoment(parts: readonly Part[]): boolean {
  return parts.every(hasMoment)
}

function hasMoment({ check, params }: Part): boolean {
  return check.hasMoment?.(params) ?? false
}

/** For `partsOf`: only checks that say when something happened. */
export function withMoment(part: Part): string | undefined {
  return hasMoment(part)
    ? undefined
    : `${part.check.name} does not say when something happened, at least not with these parameters`
}
