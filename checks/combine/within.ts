import { z } from 'zod'
import type { Check, JournalRow } from '../check.ts'
import { compareTimes, millisBetween } from '../journal-rows.ts'
import { notYet, passed } from '../outcome.ts'
import {
  askedByParts,
  type Found,
  gatherParts,
  judgeParts,
  type Lookup,
  type Part,
  partsAffected,
  partsOf,
  someTimed,
  withMoment,
} from './parts.ts'
import { messages, stepsOf } from './sequence.ts'

interface Params {
  ms: number
  of: Part[]
}

interface Gathered {
  parts: Found[]
  /** Of the journal: when the machine stood still. */
  marks: JournalRow[]
}

export function within(lookup: Lookup): Check<Params, Gathered> {
  return {
    name: 'within',
    about: 'Passes when each of its parts does and all happened close together.',
    example: {
      says: '`old` ended at most ten seconds before or after `new` was started.',
      with: {
        ms: 10_000,
        of: [
          { use: 'events', with: { container: 'new', expect: [{ action: 'start' }] } },
          { use: 'events', with: { container: 'old', expect: [{ action: 'die' }] } },
        ],
      },
    },
    params: z.strictObject({
      ms: z
        .number()
        .positive()
        .max(3_600_000)
        .describe(
          'From the first to the last at most, in milliseconds; time in which Drydock held the machine still does not count',
        ),
      of: partsOf(lookup, 2, withMoment).describe('Uses of checks that say when something happened'),
    }),
    codes: {
      'part-not-yet': 'One of the parts does not pass.',
      'too-far-apart': 'They happened, but too far apart.',
    },

    async gather(context, { of }) {
      const parts = await gatherParts(context, of)
      return { parts, marks: (await context.journal()).filter((row) => row.kind === 'mark') }
    },

    judge({ parts, marks }, { ms, of }) {
      const steps = stepsOf(judgeParts(of, parts))
      if (!('moments' in steps)) return steps
      const [first = '0', ...others] = [...steps.moments].sort(compareTimes)
      const last = others.at(-1) ?? first
      const took = millisBetween(marks, { timeNano: first }, { timeNano: last })
      const evidence = [
        {
          expected: `at most ${ms} ms from the first to the last`,
          observed: `${Math.round(took)} ms`,
          source: 'event journal',
        },
        ...steps.outcomes.flatMap((each) => each.evidence.slice(0, 1)),
      ]
      return took <= ms
        ? passed(messages(steps.outcomes), evidence, last)
        : notYet('too-far-apart', 'These things happened too far apart.', evidence)
    },

    asks: ({ of }) => askedByParts(of),
    timed: ({ of }) => someTimed(of),
    hasMoment: () => true,
    affectedBy: (event, { of }) => partsAffected(of, event),
  }
}
