import { z } from 'zod'
import type { Check } from '../check.ts'
import { notYet } from '../outcome.ts'
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

export function any(lookup: Lookup): Check<Params, Found[]> {
  return {
    name: 'any',
    about: 'Passes when one of its parts does: for tasks that can be solved in several ways.',
    example: {
      says: '`db` is reached by its name or by its alias.',
      with: {
        of: [
          { use: 'dns_probe', with: { from: 'api', name: 'db', to: 'db' } },
          { use: 'dns_probe', with: { from: 'api', name: 'database', to: 'db' } },
        ],
      },
    },
    params: z.strictObject({
      of: partsOf(lookup, 2).describe('Uses of checks; the first that passes speaks'),
    }),
    codes: { 'none-passed': 'None of the parts passes.' },

    gather: (context, { of }) => gatherParts(context, of),

    judge(found, { of }) {
      const outcomes = judgeParts(of, found)
      const decisive =
        outcomes.find((each) => each.status === 'passed') ??
        // One that could not be judged may have been the one that passes.
        outcomes.find((each) => each.status === 'broken')
      if (decisive) return decisive
      return notYet(
        'none-passed',
        `None of these is so yet. ${outcomes.map((each) => each.message).join(' ')}`,
        outcomes.flatMap((each) => each.evidence),
      )
    },

    asks: ({ of }) => askedByParts(of),
    timed: ({ of }) => someTimed(of),
    hasMoment: ({ of }) => everyMoment(of),
    affectedBy: (event, { of }) => partsAffected(of, event),
  }
}
