import { z } from 'zod'
import type { Check } from '../check.ts'
import { codesOf } from '../judge.ts'
import { notYet, passed } from '../outcome.ts'
import type { Evidence } from '../verdict.ts'
import {
  askedByParts,
  type Found,
  gatherParts,
  judgeParts,
  type Lookup,
  type Part,
  partOf,
  partsAffected,
  someTimed,
} from './parts.ts'

interface Params {
  of: Part
  codes: string[]
}

/** `combining`: names of checks that hold others, whose codes do not tell why a part did not pass. */
export function not(lookup: Lookup, combining: ReadonlySet<string>): Check<Params, Found[]> {
  const plain = ({ check }: Part) =>
    combining.has(check.name) ? `${check.name} holds other checks: put not inside of it` : undefined
  return {
    name: 'not',
    about:
      'Passes when its part answers one of the codes named. A part that fails for another reason, such as an object that is not there, makes no pass.',
    example: {
      says: '`web` is there and not on the default bridge.',
      with: {
        of: { use: 'field', with: { ref: 'web', path: 'HostConfig.NetworkMode', in: ['default', 'bridge'] } },
        codes: ['field-mismatch'],
      },
    },
    params: z
      .strictObject({
        of: partOf(lookup, plain).describe('A use of a check'),
        codes: z
          .array(z.string().max(60))
          .min(1)
          .max(20)
          .describe('Codes of that check which say that what it asks for is not so'),
      })
      .superRefine(({ of, codes }, ctx) => {
        for (const [i, code] of codes.entries())
          if (!Object.hasOwn(codesOf(of.check, of.params), code))
            ctx.addIssue({
              code: 'custom',
              path: ['codes', i],
              message: `${of.check.name} has no such code; it has ${Object.keys(codesOf(of.check, of.params)).join(', ')}`,
            })
      }),
    codes: {
      'is-so': 'What must not be so is so.',
      'not-seen': 'Whether it is so could not be seen: the part failed for a reason that does not count.',
    },

    gather: (context, { of }) => gatherParts(context, [of]),

    judge(found, { of, codes }) {
      const [outcome] = judgeParts([of], found)
      if (!outcome || outcome.status === 'broken') return outcome as NonNullable<typeof outcome>
      const evidence = outcome.evidence.map(inverted)
      if (outcome.status === 'passed') return notYet('is-so', outcome.message, evidence)
      if (!codes.includes(outcome.code)) return notYet('not-seen', outcome.message, outcome.evidence)
      const said = { expected: `not: ${of.check.name}`, observed: outcome.code, source: of.check.name }
      return passed(outcome.message, evidence.length > 0 ? evidence : [said])
    },

    asks: ({ of }) => askedByParts([of]),
    timed: ({ of }) => someTimed([of]),
    affectedBy: (event, { of }) => partsAffected([of], event),
  }
}

function inverted({ expected, ...rest }: Evidence): Evidence {
  return { expected: `not: ${expected}`, ...rest }
}
