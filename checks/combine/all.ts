import { z } from 'zod'
import type { Check } from '../check.ts'
import { compareTimes } from '../journal-rows.ts'
import { notYet, passed } from '../outcome.ts'
import type { Outcome } from '../verdict.ts'
import {
  askedByParts,
  everyMoment,
  type Found,
  gatherParts,
  judgeParts,
  type Lookup,
  type Part,
  partsAffected,
  partsOf,
  someTimed,
} from './parts.ts'

interface Params {
  of: Part[]
}

export function all(lookup: Lookup): Check<Params, Found[]> {
  return {
    name: 'all',
    about:
      'Passes when each of its parts does. A task already asks for all of its checks: this is for use inside others.',
    example: {
      says: '`web` runs and is limited: useful inside `any`, where one way of several has two sides.',
      with: {
        of: [
          { use: 'field', with: { ref: 'web', path: 'State.Running', eq: true } },
          { use: 'field', with: { ref: 'web', path: 'HostConfig.Memory', min: 1 } },
        ],
      },
    },
    params: z.strictObject({
      of: partsOf(lookup, 1).describe('Uses of checks, in the order of their telling'),
    }),
    codes: { 'part-not-yet': 'One of the parts does not pass.' },

    gather: (context, { of }) => gatherParts(context, of),

    judge(found, { of }) {
      const outcomes = judgeParts(of, found)
      const first = outcomes.find((each) => each.status === 'not-yet')
      if (first) return notYet('part-not-yet', first.message, first.evidence)
      const fault = outcomes.find((each) => each.status === 'broken')
      if (fault) return fault
      return passed(
        outcomes.map((each) => each.message).join(' '),
        outcomes.flatMap((each) => each.evidence),
        momentsOf(outcomes)?.sort(compareTimes).at(-1),
      )
    },

    asks: ({ of }) => askedByParts(of),
    timed: ({ of }) => someTimed(of),
    hasMoment: ({ of }) => everyMoment(of),
    affectedBy: (event, { of }) => partsAffected(of, event),
  }
}

/** The moments of passes, in their order; undefined when one of the outcomes has none. */
export function momentsOf(outcomes: readonly Outcome[]): string[] | undefined {
  const moments = outcomes.map((each) => (each.status === 'passed' ? each.moment : undefined))
  return moments.every((each) => each !== undefined) ? moments : undefined
}
