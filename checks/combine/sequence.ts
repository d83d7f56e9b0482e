import { z } from 'zod'
import type { Check } from '../check.ts'
import { compareTimes, timeOf } from '../journal-rows.ts'
import { broken, notYet, passed } from '../outcome.ts'
import type { Outcome } from '../verdict.ts'
import { momentsOf } from './all.ts'
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

interface Params {
  of: Part[]
}

export function sequence(lookup: Lookup): Check<Params, Found[]> {
  return {
    name: 'sequence',
    about: 'Passes when each of its parts does and they happened in this order, also to several objects.',
    example: {
      says: '`db` was started before `api`.',
      with: {
        of: [
          { use: 'events', with: { container: 'db', expect: [{ action: 'start' }] } },
          { use: 'events', with: { container: 'api', expect: [{ action: 'start' }] } },
        ],
      },
    },
    params: z.strictObject({
      of: partsOf(lookup, 2, withMoment).describe(
        'Uses of checks that say when something happened, in order',
      ),
    }),
    codes: {
      'part-not-yet': 'One of the parts does not pass.',
      'order-wrong': 'They happened in another order.',
    },

    gather: (context, { of }) => gatherParts(context, of),

    judge(found, { of }) {
      const steps = stepsOf(judgeParts(of, found))
      if (!('moments' in steps)) return steps
      const { outcomes, moments } = steps
      const evidence = outcomes.flatMap((each) => each.evidence.slice(0, 1))
      const late = moments.findIndex((each, i) => i > 0 && compareTimes(moments[i - 1] ?? '', each) > 0)
      if (late < 0) return passed(messages(outcomes), evidence, moments.at(-1))
      const clock = (at: number) => timeOf({ timeNano: moments[at] ?? '0' })
      return notYet('order-wrong', 'These things happened in another order.', [
        {
          expected: `step ${late} before step ${late + 1}`,
          observed: `step ${late} at ${clock(late - 1)}, step ${late + 1} at ${clock(late)}`,
          source: 'event journal',
        },
        ...evidence,
      ])
    },

    asks: ({ of }) => askedByParts(of),
    timed: ({ of }) => someTimed(of),
    hasMoment: () => true,
    affectedBy: (event, { of }) => partsAffected(of, event),
  }
}

/** The passes and their moments; or the outcome of parts that did not all pass. */
export function stepsOf(outcomes: Outcome[]): Outcome | { outcomes: Outcome[]; moments: string[] } {
  const first = outcomes.find((each) => each.status === 'not-yet')
  if (first) return notYet('part-not-yet', first.message, first.evidence)
  const fault = outcomes.find((each) => each.status === 'broken')
  if (fault) return fault
  const moments = momentsOf(outcomes)
  return moments
    ? { outcomes, moments }
    : broken('journal-gap', 'When these things happened was not recorded for sure.')
}

export function messages(outcomes: readonly Outcome[]): string {
  return outcomes.map((each) => each.message).join(' ')
}
