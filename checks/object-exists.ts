import { z } from 'zod'
import type { Check } from './check.ts'
import { inspect, objectKind } from './inspect.ts'
import { concernsContainer } from './journal-rows.ts'
import { notYet, passed } from './outcome.ts'
import { objectName } from './params.ts'

const params = z.strictObject({
  kind: objectKind.default('container').describe('What to look for'),
  ref: objectName.describe('Its name'),
  absent: z.boolean().default(false).describe('True when it must not be there'),
})
type Params = z.infer<typeof params>

interface Gathered {
  id: string | null
}

export const objectExists: Check<Params, Gathered> = {
  name: 'object_exists',
  about: 'A container, image, network or volume of that name is there, or is not.',
  example: {
    says: 'The volume `data` has been removed.',
    with: { kind: 'volume', ref: 'data', absent: true },
  },
  params,
  codes: {
    'object-missing': 'It is not there.',
    'object-unexpected': 'It is there and must not be.',
  },

  async gather({ engine }, { kind, ref }) {
    const found = await inspect(engine, kind, ref)
    if (!found) return { id: null }
    return { id: 'Id' in found ? String(found.Id) : ref }
  },

  judge({ id }, { kind, ref, absent }) {
    const evidence = [
      {
        expected: absent ? `no ${kind} named ${ref}` : `a ${kind} named ${ref}`,
        observed: id === null ? 'none' : `there: ${id.slice(0, 19)}`,
        source: `${kind} ${ref}`,
      },
    ]
    if (absent && id !== null)
      return notYet('object-unexpected', `There is still a ${kind} \`${ref}\`.`, evidence)
    if (!absent && id === null) return notYet('object-missing', `There is no ${kind} \`${ref}\`.`, evidence)
    return passed(absent ? `There is no ${kind} \`${ref}\`.` : `The ${kind} \`${ref}\` is there.`, evidence)
  },

  asks: ({ kind, ref }) => ({ kind, ref }),

  affectedBy(event, { kind, ref }) {
    if (event.by === 'check' || event.type !== kind) return false
    // An image may get its tag by any event; of the others the event names the object.
    if (kind === 'image') return true
    if (kind === 'container') return concernsContainer(event, ref)
    return kind === 'network' ? event.attributes.name === ref : event.actorId === ref
  },
}
