import { z } from 'zod'
import type { Check, JournalEvent } from './check.ts'
import { hides, timeOf } from './journal-rows.ts'
import { journalGap, notYet, passed } from './outcome.ts'
import { objectName } from './params.ts'

const wanted = z.strictObject({
  action: z
    .enum([
      'create',
      'destroy',
      'mount',
      'unmount',
      'connect',
      'disconnect',
      'tag',
      'untag',
      'delete',
      'load',
      'import',
      'save',
      'push',
      'pull',
    ])
    .describe('What happened to it; a build with BuildKit shows as tag only'),
  min: z.int().min(1).max(1000).default(1).describe('How often at least'),
})

const params = z
  .strictObject({
    kind: z.enum(['image', 'network', 'volume']).describe('What it is; for containers there is `events`'),
    ref: objectName.describe('Its name, also of one that is gone; of an image with its tag'),
    expect: z.array(wanted).max(10).default([]).describe('Events that must be there'),
    forbid: z
      .array(wanted.omit({ min: true }))
      .max(10)
      .default([])
      .describe('Events that must not be there'),
  })
  .refine((given) => given.expect.length + given.forbid.length > 0, 'needs expect or forbid')
type Params = z.infer<typeof params>

/** The last events of it that are looked at. */
const MAX_EVENTS = 1_000

interface Gathered {
  events: { action: string; time: string }[]
  /** The journal missed something, or there are more than are looked at. */
  uncertain: boolean
}

export const objectEvents: Check<Params, Gathered> = {
  name: 'object_events',
  about: 'What happened to an image, network or volume by the journal, since the session began.',
  example: {
    says: 'The image `shop:2` was built or tagged after the session began.',
    with: { kind: 'image', ref: 'shop:2', expect: [{ action: 'tag' }] },
  },
  params,
  codes: {
    'event-missing': 'An event is missing.',
    'event-forbidden': 'An event came that must not.',
  },

  async gather({ journal }, given) {
    const rows = await journal()
    const events = rows.filter((row) => row.kind === 'event' && isOf(row, given)) as JournalEvent[]
    return {
      events: events.slice(-MAX_EVENTS).map((each) => ({ action: each.action, time: timeOf(each) })),
      uncertain: events.length > MAX_EVENTS || hides(rows.filter((row) => row.kind === 'gap')),
    }
  },

  judge({ events, uncertain }, given) {
    const source = `event journal · ${given.kind} ${given.ref}`
    const shown =
      events
        .slice(-6)
        .map((each) => each.action)
        .join(', ') || 'no event'
    const culprit = events.find((each) => given.forbid.some((filter) => filter.action === each.action))
    if (culprit) {
      return notYet(
        'event-forbidden',
        `The ${given.kind} \`${given.ref}\` had the event \`${culprit.action}\`.`,
        [
          {
            expected: `no ${culprit.action}`,
            observed: culprit.action,
            source: `${source} · ${culprit.time}`,
          },
        ],
      )
    }
    const times = (action: string) => events.filter((each) => each.action === action).length
    const missing = given.expect.find((filter) => times(filter.action) < filter.min)
    if (uncertain && (missing || given.forbid.length > 0)) return journalGap(given.ref)
    if (missing) {
      return notYet(
        'event-missing',
        `The ${given.kind} \`${given.ref}\` had no event \`${missing.action}\`.`,
        [{ expected: `${missing.action}, at least ${missing.min}`, observed: shown, source }],
      )
    }
    const what = [...given.expect, ...given.forbid.map(({ action }) => ({ action: `no ${action}` }))]
    return passed(`The journal of the ${given.kind} \`${given.ref}\` is as it should be.`, [
      { expected: what.map((each) => each.action).join(', '), observed: shown, source },
    ])
  },

  asks: ({ kind, ref }) => ({ kind, ref }),

  affectedBy: isOf,
}

function isOf(event: JournalEvent, { kind, ref }: Params): boolean {
  if (event.by === 'check' || event.type !== kind) return false
  return event.attributes.name === ref || event.actorId === ref
}
