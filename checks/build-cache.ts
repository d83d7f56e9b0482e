import { z } from 'zod'
import type { Check } from './check.ts'
import { describeRange } from './comparison.ts'
import { notYet, passed } from './outcome.ts'

const params = z
  .strictObject({
    type: z
      .string()
      .regex(/^[a-z.]{1,50}$/)
      .describe('What kind of record: `exec.cachemount` is a `RUN --mount=type=cache`, `regular` a layer'),
    min: z.int().min(0).optional().describe('How many, at least'),
    max: z.int().min(0).optional().describe('How many, at most'),
    min_bytes: z.int().min(0).default(0).describe('Only records of at least so many bytes count'),
  })
  .refine((given) => given.min !== undefined || given.max !== undefined, 'needs min or max')
type Params = z.infer<typeof params>

interface Gathered {
  /** Bytes of each record of the type, at most 1,000. */
  sizes: number[]
}

const MAX_KEPT = 1000

export const buildCache: Check<Params, Gathered> = {
  name: 'build_cache',
  about: "The engine's build cache has so many records of a kind.",
  example: {
    says: 'Some build has used a cache mount.',
    with: { type: 'exec.cachemount', min: 1 },
  },
  params,
  codes: {
    'cache-missing': 'There are fewer.',
    'cache-left': 'There are more.',
  },

  async gather({ engine }, { type }) {
    const records = await engine.buildCache()
    return {
      sizes: records
        .filter((each) => each.type === type)
        .map(({ size }) => size)
        .slice(0, MAX_KEPT),
    }
  },

  judge({ sizes }, { type, min, max, min_bytes }) {
    const count = sizes.filter((size) => size >= min_bytes).length
    const what = `records of type ${type}${min_bytes > 0 ? ` with at least ${min_bytes} bytes` : ''}`
    const evidence = [
      {
        expected: `${describeRange({ min, max })} ${what}`,
        observed: String(count),
        source: 'docker builder du',
      },
    ]
    if (count < (min ?? 0))
      return notYet(
        'cache-missing',
        `The build cache has ${count} ${what}; expected ${describeRange({ min, max })}.`,
        evidence,
      )
    if (count > (max ?? Number.POSITIVE_INFINITY))
      return notYet('cache-left', `The build cache still has ${count} ${what}.`, evidence)
    return passed(`The build cache has ${count} ${what}.`, evidence)
  },

  asks: ({ type }) => ({ type }),

  /** Neither a build nor its cache makes an event; a tag and a prune do. */
  affectedBy(event) {
    return event.type === 'image' || event.type === 'builder'
  },
}
