import { z } from 'zod'
import type { Check } from './check.ts'
import { concernsContainer, firstBearer } from './journal-rows.ts'
import { journalGap, noContainer, notYet, passed } from './outcome.ts'
import { containerName } from './params.ts'

const params = z.strictObject({
  container: containerName,
  expect: z
    .enum(['same', 'new'])
    .default('same')
    .describe(
      'Whether it must still be the first container that ever had this name (that of the setup, where the setup made one), or another one',
    ),
})
type Params = z.infer<typeof params>

interface Gathered {
  current: string | null
  /** The first container that ever bore the name; null when the journal cannot say. */
  first: string | null
}

export const sameIdentity: Check<Params, Gathered> = {
  name: 'same_identity',
  about: 'The container is still the very one that the lab prepared, or has been made anew.',
  example: {
    says: '`db` is still the container that the setup made.',
    with: { container: 'db' },
  },
  params,
  codes: {
    'object-missing': 'There is no container of that name.',
    'container-recreated': 'It was removed and made anew.',
    'container-not-recreated': 'It is still the old one.',
  },

  async gather({ engine, journal }, { container }) {
    const current = await engine.container(container)
    const rows = await journal()
    const { id, certain } = firstBearer(rows, container)
    return { current: current?.Id ?? null, first: (certain && id) || null }
  },

  judge({ current, first }, { container, expect }) {
    if (current === null) return noContainer(container)
    if (first === null) return journalGap(container)
    const same = current === first
    const evidence = [
      {
        expected: expect === 'same' ? first.slice(0, 12) : `another than ${first.slice(0, 12)}`,
        observed: current.slice(0, 12),
        source: `container ${container} · Id, and its first create in the event journal`,
      },
    ]
    if (expect === 'same' && !same) {
      return notYet(
        'container-recreated',
        `\`${container}\` is a new container: the one you were given is gone.`,
        evidence,
      )
    }
    if (expect === 'new' && same) {
      return notYet(
        'container-not-recreated',
        `\`${container}\` is still the container that you were given.`,
        evidence,
      )
    }
    return passed(
      same ? `\`${container}\` is the container that you were given.` : `\`${container}\` was made anew.`,
      evidence,
    )
  },

  asks: ({ container }) => ({ container }),

  affectedBy(event, { container }) {
    return concernsContainer(event, container) && event.type === 'container'
  },
}
