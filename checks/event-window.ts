import { z } from 'zod'
import type { JournalEvent, JournalGap, JournalRow } from './check.ts'
import { actionIs, compareTimes, describe, hides, isClockGap, millisBetween, timeOf } from './journal-rows.ts'
import { journalGap, notYet, passed } from './outcome.ts'
import { pattern, toPattern } from './params.ts'
import type { Evidence, Outcome } from './verdict.ts'

export const eventFilter = z.strictObject({
  type: z
    .enum(['container', 'network'])
    .default('container')
    .describe('network: the container joined or left one'),
  action: z
    .string()
    .min(1)
    .max(200)
    .describe('The action; exec_create and health_status also with what follows their colon'),
  detail: pattern
    .optional()
    .describe('What follows the colon of exec_create, exec_start or health_status, as a regular expression'),
  attributes: z
    .partialRecord(z.enum(['name', 'exitCode', 'signal']), z.string().max(200))
    .default({})
    .describe("Attributes it must have, as text; of a network event, name is the network's"),
  min: z.int().min(1).max(1000).default(1).describe('How often at least'),
  max: z.int().min(1).max(1000).optional().describe('How often at most'),
})
export type EventFilter = z.infer<typeof eventFilter>

/** A stretch of a container's events in order. */
export interface Window {
  events: JournalEvent[]
  gaps: JournalGap[]
}

export interface Wanted {
  container: string
  expect: EventFilter[]
  ordered: boolean
  within_ms?: number
  forbid: EventFilter[]
}

export function matches(event: JournalEvent, filter: EventFilter): boolean {
  return (
    event.type === filter.type &&
    actionIs(event.action, filter.action) &&
    (filter.detail === undefined || toPattern(filter.detail).test(detailOf(event.action))) &&
    Object.entries(filter.attributes).every(([key, value]) => event.attributes[key] === value)
  )
}

function detailOf(action: string): string {
  return action.slice(action.indexOf(': ') + 2).trim()
}

/**
 * Whether a window holds what is wanted and nothing forbidden. What is forbidden wins: it says more than what is missing.
 * `marks`: rows whose freezes are taken out of measured time.
 */
export function judgeWindow(window: Window, wanted: Wanted, marks: readonly JournalRow[]): Outcome {
  const { container, expect, forbid } = wanted
  const source = `event journal · container ${container}`
  const what = [...expect.map(name), ...forbid.map((each) => `no ${name(each)}`)].join(', ')
  const evidence = (observed: string, at?: JournalEvent): Evidence[] => [
    { expected: what, observed, source: at ? `${source} · ${timeOf(at)}` : source },
  ]

  if (window.gaps.some(isClockGap)) return journalGap(container)
  const culprit = window.events.find((event) => forbid.some((each) => matches(event, each)))
  if (culprit) {
    return notYet(
      'event-forbidden',
      `\`${container}\` had the event \`${describe(culprit)}\`.`,
      evidence(describe(culprit), culprit),
    )
  }
  const found = expect.map((each) => window.events.filter((event) => matches(event, each)))
  const missing = expect.find((each, i) => (found[i]?.length ?? 0) < each.min)
  const alsoExec = [...expect, ...forbid].some((each) => /^(exec_|health_status)/.test(each.action))
  const uncertain = hides(window.gaps, alsoExec)
  if (missing) {
    if (uncertain) return journalGap(container)
    return notYet(
      'event-missing',
      `\`${container}\` had no event \`${name(missing)}\`.`,
      evidence(seen(window)),
    )
  }
  const often = expect.find((each, i) => (found[i]?.length ?? 0) > (each.max ?? Number.POSITIVE_INFINITY))
  if (often)
    return notYet(
      'event-too-many',
      `\`${container}\` had \`${name(often)}\` too often.`,
      evidence(seen(window)),
    )
  const limited = expect.some((each) => each.max !== undefined)
  if (uncertain && (forbid.length > 0 || limited)) return journalGap(container)
  if (wanted.ordered && !inTurn(found)) {
    return notYet(
      'order-wrong',
      `The events of \`${container}\` came in another order.`,
      evidence(seen(window)),
    )
  }
  if (wanted.within_ms !== undefined && !closeTogether(found, wanted.within_ms, marks)) {
    return notYet(
      'events-apart',
      `The events of \`${container}\` lie too far apart to belong together.`,
      evidence(seen(window)),
    )
  }
  if (expect.length === 0) {
    return passed(
      `\`${container}\` had no event \`${forbid.map(name).join('`, `')}\`.`,
      evidence('no such event'),
    )
  }
  const shown = found.flat().map(describe).join(', ')
  const last = found
    .flat()
    .sort((a, b) => compareTimes(a.timeNano, b.timeNano))
    .at(-1)
  return passed(
    `The journal of \`${container}\` shows: ${shown}.`,
    evidence(shown, found.flat().at(-1)),
    // Moments are compared with those of other windows, across which no time holds then.
    marks.some(isClockGap) ? undefined : last?.timeNano,
  )
}

/** Whether one of each can be picked so that they follow each other. */
function inTurn(found: JournalEvent[][]): boolean {
  let last: JournalEvent | undefined
  for (const candidates of found) {
    const after: JournalEvent | undefined = last
    const next = candidates.find((event) => !after || compareTimes(after.timeNano, event.timeNano) <= 0)
    if (!next) return false
    last = next
  }
  return true
}

/** Whether one of each can be picked within that time of one of the first. */
function closeTogether(found: JournalEvent[][], ms: number, marks: readonly JournalRow[]): boolean {
  const [anchors = [], ...others] = found
  return anchors.some((anchor) =>
    others.every((events) => events.some((event) => Math.abs(millisBetween(marks, anchor, event)) <= ms)),
  )
}

function name(filter: EventFilter): string {
  const details = Object.entries(filter.attributes).map(([key, value]) => ` ${key}=${value}`)
  return `${filter.type === 'network' ? 'network ' : ''}${filter.action}${filter.detail === undefined ? '' : ` like ${filter.detail}`}${details.join('')}`
}

/** The last few events, for people. */
function seen(window: Window): string {
  return window.events.slice(-6).map(describe).join(', ') || 'no event'
}
