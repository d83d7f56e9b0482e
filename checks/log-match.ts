import { z } from 'zod'
import type { Check } from './check.ts'
import { concernsContainer } from './journal-rows.ts'
import { noContainer, notYet, passed } from './outcome.ts'
import { containerName, pattern, toPattern } from './params.ts'

const params = z.strictObject({
  container: containerName,
  stream: z.enum(['stdout', 'stderr', 'both']).default('both').describe('Which output'),
  matches: pattern.describe('Lines that this regular expression finds are counted'),
  min: z.int().min(0).max(10_000).default(1).describe('At least so many'),
  max: z.int().min(0).max(10_000).optional().describe('At most so many'),
})
type Params = z.infer<typeof params>

/** Lines kept with the verdict. */
const SAMPLE = 5

interface Gathered {
  container: boolean
  /** False for a log driver that keeps nothing. */
  readable: boolean
  /** Of the last 2,000 lines. */
  count: number
  sample: string[]
}

export const logMatch: Check<Params, Gathered> = {
  name: 'log_match',
  about: "Lines in a container's log, counted.",
  example: {
    says: '`job` has written that it is done, once.',
    with: { container: 'job', matches: '^done$', max: 1 },
  },
  params,
  codes: {
    'object-missing': 'There is no container of that name.',
    'log-missing': 'Too few such lines.',
    'log-unexpected': 'Too many such lines.',
  },

  async gather({ engine }, { container, stream, matches }) {
    const found = await engine.container(container)
    const lines = found ? await engine.logs(found.Id, stream) : undefined
    if (!lines) return { container: false, readable: false, count: 0, sample: [] }
    if (lines === 'unreadable') return { container: true, readable: false, count: 0, sample: [] }
    const wanted = lines.map((line) => line.text).filter((text) => toPattern(matches).test(text))
    return {
      container: true,
      readable: true,
      count: wanted.length,
      sample: wanted.slice(-SAMPLE).map((text) => text.slice(0, 500)),
    }
  },

  judge(gathered, { container, stream, matches, min, max }) {
    if (!gathered.container) return noContainer(container)
    if (!gathered.readable) {
      const evidence = [
        { expected: 'a log', observed: 'none', source: `container ${container} · HostConfig.LogConfig` },
      ]
      return notYet('log-missing', `\`${container}\` has no log that can be read.`, evidence)
    }
    const expected =
      max === undefined ? `at least ${min} like ${matches}` : `${min} to ${max} like ${matches}`
    const observed = [`${gathered.count}`, ...gathered.sample.slice(-1)].join(': ')
    const evidence = [
      {
        expected,
        observed,
        source: `log of container ${container}${stream === 'both' ? '' : `, ${stream}`}`,
      },
    ]
    if (gathered.count < min)
      return notYet('log-missing', `The log of \`${container}\` lacks a line like ${matches}.`, evidence)
    if (max !== undefined && gathered.count > max) {
      return notYet(
        'log-unexpected',
        `The log of \`${container}\` has a line that must not be there: ${gathered.sample.at(-1) ?? ''}`,
        evidence,
      )
    }
    return passed(`The log of \`${container}\` is as it should be.`, evidence)
  },

  asks: ({ container, stream, matches }) => ({ container, stream, matches }),

  affectedBy(event, { container }) {
    return concernsContainer(event, container)
  },
}
