import { z } from 'zod'
import type { Check, JournalEvent, JournalRow } from './check.ts'
import { type EventFilter, eventFilter, judgeWindow, matches, type Window } from './event-window.ts'
import { bearersOf, concernsContainer, firstBearer, isAbout, livesOf } from './journal-rows.ts'
import { journalGap, noContainer, notYet } from './outcome.ts'
import { containerName } from './params.ts'

const params = z.strictObject({
  container: containerName.describe('Name of the container, also of one that has been removed'),
  which: z
    .enum(['latest', 'first'])
    .default('latest')
    .describe(
      'Of several containers that bore the name: the one that has it now or had it last, or the first, which the setup made',
    ),
  window: z
    .enum(['last-life', 'any-life', 'always'])
    .default('last-life')
    .describe('Since its last start, in one of its lives (from a start to the next), or since its creation'),
  expect: z.array(eventFilter).max(10).default([]).describe('Events that must be there'),
  ordered: z.boolean().default(false).describe('Whether they must come in this order'),
  within_ms: z
    .number()
    .positive()
    .max(3_600_000)
    .optional()
    .describe('They lie this close together, in milliseconds'),
  forbid: z.array(eventFilter).max(10).default([]).describe('Events that must not be there'),
})
type Params = z.infer<typeof params>

/** More events than this in one container's window are not looked at: the check is then broken. */
const MAX_EVENTS = 2_000

interface Gathered {
  /** Null when no container ever bore the name. */
  id: string | null
  /** Its events, those of exec and health only where the parameters speak of them, in order; with all gaps and marks. */
  rows: JournalRow[]
  /** There are more than are looked at, or the journal may have missed the container that is asked about. */
  tooMany: boolean
}

export const events: Check<Params, Gathered> = {
  name: 'events',
  about: 'What happened to a container, by the journal: events seen, in order, close together, or never.',
  example: {
    says: 'The kernel killed `report` for its memory, and nobody else did.',
    with: {
      container: 'report',
      expect: [{ action: 'oom' }, { action: 'die', attributes: { exitCode: '137' } }],
      within_ms: 5_000,
      forbid: [{ action: 'kill' }],
    },
  },
  params,
  codes: {
    'object-missing': 'There was never a container of that name.',
    'never-started': 'It was never started.',
    'event-missing': 'An event is missing.',
    'event-too-many': 'An event came too often.',
    'event-forbidden': 'An event came that must not.',
    'order-wrong': 'The events came in another order.',
    'events-apart': 'The events lie too far apart to belong together.',
  },

  async gather({ engine, journal }, given) {
    const current = await engine.container(given.container)
    const all = await journal()
    const first = firstBearer(all, given.container)
    const latest = current?.Id ?? bearersOf(all, given.container).at(-1)
    const id = (given.which === 'first' ? first.id : latest) ?? null
    if (id === null) return { id, rows: [], tooMany: false }
    const asked = askedFilters(given)
    const rows = all.filter(
      (row) =>
        row.kind !== 'event' ||
        (row.by !== 'check' &&
          isAbout(row, id) &&
          (!isChatter(row.action) || asked.some((each) => matches(row, each)))),
    )
    const hidden = given.which === 'first' && !first.certain
    return { id, rows: rows.slice(-MAX_EVENTS).map(slim), tooMany: hidden || rows.length > MAX_EVENTS }
  },

  judge({ id, rows, tooMany }, given) {
    if (id === null) return noContainer(given.container)
    const windows = windowsOf(rows, given.window)
    if (tooMany || windows === undefined) return journalGap(given.container)
    const outcomes = windows.map((each) => judgeWindow(each, given, rows))
    const last = outcomes.at(-1)
    if (last) return outcomes.find((each) => each.status === 'passed') ?? last
    return notYet('never-started', `\`${given.container}\` was never started.`, [
      {
        expected: 'a start',
        observed: 'no start event',
        source: `event journal · container ${given.container}`,
      },
    ])
  },

  /** Bounds, order and window are of the judging. */
  asks: (given) => ({ container: given.container, which: given.which, chatter: askedFilters(given) }),

  hasMoment: ({ expect }) => expect.length > 0,

  affectedBy(event, given) {
    if (!concernsContainer(event, given.container)) return false
    return (
      isMilestone(event) ||
      [...given.expect, ...given.forbid].some((each) => matches(event, each as EventFilter))
    )
  },
}

/** What fills a journal without saying anything of how a container fared. */
function isChatter(action: string): boolean {
  return /^(exec_|health_status|archive-path$|top$|resize$)/.test(action)
}

/** Of what is expected and forbidden, what gathering has to look for: the rest is always there. */
function askedFilters({ expect, forbid }: Params): EventFilter[] {
  return [...expect, ...forbid]
    .filter(({ action }) => isChatter(action))
    .map(({ type, action, detail, attributes }) => ({ type, action, detail, attributes, min: 1 }))
}

function isMilestone(event: JournalEvent): boolean {
  return event.type === 'container' && ['create', 'start', 'die', 'destroy', 'rename'].includes(event.action)
}

/** The stretches of events to judge, none when it never started; undefined when the journal does not hold the beginning. */
function windowsOf(rows: JournalRow[], window: Params['window']): Window[] | undefined {
  const born = rows.findIndex(
    (row) => row.kind === 'event' && row.type === 'container' && row.action === 'create',
  )
  if (born < 0) return undefined
  if (window === 'always') {
    const since = rows.slice(born)
    return [
      {
        events: since.filter((row) => row.kind === 'event'),
        gaps: since.filter((row) => row.kind === 'gap'),
      },
    ]
  }
  const lives = livesOf(rows.slice(born))
  return window === 'any-life' ? lives : lives.slice(-1)
}

/** Without the labels, which may be large. */
function slim(row: JournalRow): JournalRow {
  if (row.kind !== 'event') return row
  const kept = ['name', 'exitCode', 'signal', 'container', 'type']
  return {
    ...row,
    attributes: Object.fromEntries(Object.entries(row.attributes).filter(([key]) => kept.includes(key))),
  }
}
