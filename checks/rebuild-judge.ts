import { z } from 'zod'
import type { BuildRun } from './build-run.ts'
import { programArgs } from './command.ts'
import { expectation } from './expectation.ts'
import { sharedLayers } from './image-layers.ts'
import { notYet } from './outcome.ts'
import { pattern, toPattern } from './params.ts'
import type { Evidence, Outcome } from './verdict.ts'

const range = z.strictObject({ min: z.int().min(0).optional(), max: z.int().min(0).optional() })

export const rebuildExpectation = z.strictObject({
  fails: z.literal(true).optional().describe('The second build must fail'),
  kept_layers: range.optional().describe('How many layers, from the lowest up, both builds have in common'),
  changed_layers: range.optional().describe('How many layers of the second build lie above those'),
  cached: pattern.optional().describe('Every step of the second build that is like this came from the cache'),
  rerun: pattern.optional().describe('Every step of the second build that is like this was run again'),
  max_ms: z.int().min(100).max(20_000).optional().describe('How long the second build may take'),
  max_share: z
    .number()
    .positive()
    .max(1)
    .optional()
    .describe('How long the second build may take, as a share of one without any cache'),
  run: z
    .strictObject({
      args: programArgs
        .optional()
        .describe('What follows the image in `docker run`; its own command without'),
      timeout_ms: z.int().min(100).max(10_000).default(5_000).describe('How long it may take'),
      ...expectation.shape,
    })
    .optional()
    .describe('What a container of the second build must do'),
})

export type Build = BuildRun & { layers: string[] }

/** The second build, and whose it is. */
interface Wanted {
  folder: string
  expect: z.infer<typeof rebuildExpectation>
}

export function judgeLayers(first: Build, second: Build, given: Wanted): Outcome | Evidence[] {
  const kept = sharedLayers(second.layers, first.layers)
  const changed = second.layers.length - kept
  const { kept_layers, changed_layers } = given.expect
  const evidence: Evidence[] = []
  for (const [wanted, count, what] of [
    [kept_layers, kept, 'kept'],
    [changed_layers, changed, 'changed'],
  ] as const) {
    if (!wanted) continue
    const { min = 0, max = Number.POSITIVE_INFINITY } = wanted
    const each = {
      expected: `${bounds(wanted)} of its layers ${what}`,
      observed: `${count} of ${second.layers.length} ${what}`,
      source: `two builds of ${given.folder} · RootFS.Layers`,
    }
    // Too few kept, or too many changed: more was built again than need be.
    if (count < min || count > max) {
      const busted = what === 'kept' ? count < min : count > max
      return busted
        ? notYet(
            'cache-busted',
            `After the change ${changed} of ${second.layers.length} layers of ${given.folder} were built again.`,
            [each],
          )
        : notYet(
            'deps-stale',
            `After the change only ${changed} of ${second.layers.length} layers of ${given.folder} were built again.`,
            [each],
          )
    }
    evidence.push(each)
  }
  return evidence
}

export function judgeSteps(second: Build, given: Wanted): Outcome | Evidence[] {
  const evidence: Evidence[] = []
  for (const [wanted, cached] of [
    [given.expect.cached, true],
    [given.expect.rerun, false],
  ] as const) {
    if (wanted === undefined) continue
    const source = `second build of ${given.folder}`
    const expected = `${cached ? 'from the cache' : 'run again'}: ${wanted}`
    const like = second.steps.filter(({ name }) => toPattern(wanted).test(name))
    if (like.length === 0)
      return notYet('step-missing', `No step that builds ${given.folder} is like ${wanted}.`, [
        { expected, observed: `${second.steps.length} steps, none like it`, source },
      ])
    const wrong = like.find((step) => step.cached !== cached)
    if (wrong) {
      const each = {
        expected,
        observed: `${wrong.cached ? 'from the cache' : 'run again'}: ${wrong.name}`,
        source,
      }
      return cached
        ? notYet('cache-busted', `After the change this was run again: ${wrong.name}`, [each])
        : notYet('deps-stale', `After the change this was not run again: ${wrong.name}`, [each])
    }
    evidence.push({ expected, observed: like.map(({ name }) => name).join('; '), source })
  }
  return evidence
}

export function judgeTime(second: Build, coldMs: number | null, given: Wanted): Outcome | Evidence[] {
  const { max_ms, max_share } = given.expect
  const evidence: Evidence[] = []
  const limits = [
    max_ms,
    max_share === undefined || coldMs === null ? undefined : Math.round(max_share * coldMs),
  ]
  for (const limit of limits) {
    if (limit === undefined) continue
    const each = {
      expected: `at most ${limit} ms`,
      observed: `${second.ms} ms`,
      source: `second build of ${given.folder}`,
    }
    if (second.ms > limit)
      return notYet(
        'build-slow',
        `The second build of ${given.folder} took ${second.ms} ms; allowed are ${limit}.`,
        [each],
      )
    evidence.push(each)
  }
  return evidence
}

function bounds({ min, max }: { min?: number; max?: number }): string {
  if (min !== undefined && max !== undefined) return min === max ? `${min}` : `${min} to ${max}`
  return min !== undefined ? `at least ${min}` : `at most ${max ?? 0}`
}
