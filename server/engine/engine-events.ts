import type { Readable } from 'node:stream'
import { z } from 'zod'
import type { JournalEvent } from '../../checks/check.ts'

/** An event as the journal keeps it, before it has its place there. */
export type EngineEvent = Omit<JournalEvent, 'kind' | 'seq'>

/** A line above this is left out: a container may carry labels of any size. */
const MAX_LINE_BYTES = 4 * 1024 * 1024
/** One that goes on above this is no event of any engine. */
const MAX_SKIPPED_BYTES = 32 * 1024 * 1024
const MAX_ATTRIBUTES = 64
const MAX_TEXT = 1000

const eventLine = z.object({
  Type: z.string().min(1),
  Action: z.string().min(1),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()).nullish() }),
  timeNano: z.string().regex(/^[0-9]{1,19}$/),
})

/** The attributes that grading asks for come first, so that no wealth of labels pushes them out. */
const KEPT_FIRST = ['name', 'oldName', 'image', 'exitCode', 'signal', 'container', 'type', 'execID', 'driver']

/** One line of the engine's event stream, or undefined when it is none. */
export function parseEvent(line: string): EngineEvent | undefined {
  let value: unknown
  try {
    value = JSON.parse(line, exactTime)
  } catch {
    return undefined
  }
  const parsed = eventLine.safeParse(value)
  if (!parsed.success) return undefined
  const { Type, Action, Actor, timeNano } = parsed.data
  const all = Actor.Attributes ?? {}
  const keys = [
    ...KEPT_FIRST.filter((key) => Object.hasOwn(all, key)),
    ...Object.keys(all).filter((key) => !KEPT_FIRST.includes(key)),
  ]
  const attributes = Object.fromEntries(
    keys.slice(0, MAX_ATTRIBUTES).map((key) => [key.slice(0, MAX_TEXT), (all[key] ?? '').slice(0, MAX_TEXT)]),
  )
  return {
    timeNano,
    type: Type.slice(0, MAX_TEXT),
    action: Action.slice(0, MAX_TEXT),
    actorId: Actor.ID.slice(0, MAX_TEXT),
    attributes,
  }
}

/** Nanoseconds exceed a double: take the digits as they stand. */
function exactTime(key: string, value: unknown, context?: { source?: string }): unknown {
  return key === 'timeNano' && typeof value === 'number' ? context?.source : value
}

/** A line that was left out because it is too long. */
export const TOO_LONG = Symbol('too long')

/** Lines of a stream; TOO_LONG stands for one that was left out. Throws a RangeError at one without an end. */
export async function* readLines(
  stream: Readable,
  maxBytes = MAX_LINE_BYTES,
): AsyncGenerator<string | typeof TOO_LONG> {
  let parts: Buffer[] = []
  let size = 0
  let tooLong = false
  const take = (part: Buffer) => {
    size += part.length
    if (size > MAX_SKIPPED_BYTES) throw new RangeError('A line without an end')
    if (size > maxBytes) {
      tooLong = true
      parts = []
    } else parts.push(part)
  }
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      take(chunk.subarray(from, end))
      from = end + 1
      yield tooLong ? TOO_LONG : Buffer.concat(parts).toString('utf8')
      parts = []
      size = 0
      tooLong = false
    }
    if (from < chunk.length) take(chunk.subarray(from))
  }
  if (size > 0) yield tooLong ? TOO_LONG : Buffer.concat(parts).toString('utf8')
}
