import type { JournalEvent, JournalGap, JournalMark, JournalRow } from './check.ts'

/** Below 0 when time `a` is before `b`; both nanoseconds as digits. */
export function compareTimes(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}

/**
 * Rows in the order of their time; a replay may have brought some late. Where the engine's clock was set back times do not
 * tell: what came before stands before what came after, with the gap between.
 */
export function inOrder(rows: readonly JournalRow[]): JournalRow[] {
  const byTime = (part: JournalRow[]) =>
    part.sort((a, b) => compareTimes(a.timeNano, b.timeNano) || a.seq - b.seq)
  const gaps = rows.filter(isClockGap)
  if (gaps.length === 0) return byTime([...rows])
  const place = (row: JournalRow) => (isClockGap(row) ? (row.since ?? row.seq) : row.seq)
  const ordered: JournalRow[] = []
  let part: JournalRow[] = []
  const gapsLast = (a: JournalRow, b: JournalRow) => Number(isClockGap(a)) - Number(isClockGap(b))
  for (const row of [...rows].sort((a, b) => place(a) - place(b) || gapsLast(a, b) || a.seq - b.seq)) {
    if (!isClockGap(row)) part.push(row)
    else {
      ordered.push(...byTime(part), row)
      part = []
    }
  }
  return [...ordered, ...byTime(part)]
}

/** Whether the engine's clock was set back at this place: no order and no time holds across it. */
export function isClockGap(row: JournalRow): row is JournalGap {
  return row.kind === 'gap' && row.reason === 'clock'
}

/**
 * Without the rows of a machine that was given up: those between a reset and the checkpoint that it went back to.
 * A later reset to a checkpoint of that machine brings its rows back.
 */
export function ofThisMachine(rows: readonly JournalRow[]): JournalRow[] {
  const resets = rows.filter((row) => row.kind === 'mark' && row.reason === 'reset') as JournalMark[]
  const gone: { since: number; until: number }[] = []
  for (const { seq, since } of resets.sort((a, b) => b.seq - a.seq))
    if (since !== undefined && !isWithin(gone, seq)) gone.push({ since, until: seq })
  return gone.length === 0 ? [...rows] : rows.filter((row) => isClockGap(row) || !isWithin(gone, row.seq))
}

/**
 * Rows in order, without the starts by which containers go on after a reset. One that ran at the checkpoint has no `die`: the
 * machine was switched off under it. Its next start, by a restart policy, by the lab or by hand, goes on with the same life,
 * so that setting a machine back neither ends a life nor begins one.
 */
export function goingOn(rows: readonly JournalRow[]): JournalRow[] {
  const running = new Set<string>()
  const toGoOn = new Set<string>()
  return rows.filter((row) => {
    if (row.kind === 'mark' && row.reason === 'reset') for (const id of running) toGoOn.add(id)
    if (row.kind !== 'event' || row.type !== 'container') return true
    const { action, actorId } = row
    if (action === 'start') running.add(actorId)
    else if (action === 'die' || action === 'destroy') running.delete(actorId)
    else return true
    return !(toGoOn.delete(actorId) && action === 'start')
  })
}

function isWithin(stretches: readonly { since: number; until: number }[], seq: number): boolean {
  return stretches.some(({ since, until }) => since < seq && seq < until)
}

/** A point of time: a row, or a moment of a verdict. */
type Timed = Pick<JournalRow, 'timeNano'>

/**
 * Milliseconds from `a` to `b`, negative when `b` is earlier, without the time in which Drydock held the machine still.
 * `marks` are rows in order, of which only freeze and thaw count; a freeze that no thaw ended takes nothing out, and where the clock was set
 * back none does: it cannot be known when they were.
 */
export function millisBetween(marks: readonly JournalRow[], a: Timed, b: Timed): number {
  const [from, to] = [BigInt(a.timeNano), BigInt(b.timeNano)]
  const [first, last] = from <= to ? [from, to] : [to, from]
  let still = 0n
  let frozenAt: bigint | undefined
  for (const row of marks.some(isClockGap) ? [] : marks) {
    if (row.kind !== 'mark' || row.reason === 'reset') continue
    const at = BigInt(row.timeNano)
    if (row.reason === 'freeze') frozenAt = at
    else if (frozenAt !== undefined) {
      const begin = frozenAt > first ? frozenAt : first
      const end = at < last ? at : last
      if (end > begin) still += end - begin
      frozenAt = undefined
    }
  }
  const millis = Number(last - first - still) / 1e6
  return from <= to ? millis : -millis
}

/** Events of the container itself, and of networks that it joined or left. */
export function isAbout(event: JournalEvent, containerId: string): boolean {
  if (event.type === 'container') return event.actorId === containerId
  return event.type === 'network' && event.attributes.container === containerId
}

/** Ids of the student's containers that ever bore this name, in the order in which they took it. */
export function bearersOf(rows: readonly JournalRow[], name: string): string[] {
  const ids: string[] = []
  for (const row of rows) {
    if (row.kind !== 'event' || row.by === 'check') continue
    if (row.type !== 'container' || row.attributes.name !== name) continue
    if ((row.action === 'create' || row.action === 'rename') && ids.at(-1) !== row.actorId)
      ids.push(row.actorId)
  }
  return ids
}

/** The first of the student's containers that bore this name; not certain where the journal may have missed one before it. */
export function firstBearer(
  rows: readonly JournalRow[],
  name: string,
): { id: string | undefined; certain: boolean } {
  const id = bearersOf(rows, name)[0]
  const until = id === undefined ? rows.length : rows.findIndex((row) => isBearer(row, id))
  return { id, certain: !hides(rows.slice(0, until).filter((row) => row.kind === 'gap')) }
}

const isBearer = (row: JournalRow, id: string) => row.kind === 'event' && row.actorId === id

/** One running of a container, from its `start` to the next, with the gaps that fall into it. */
export interface Life {
  events: JournalEvent[]
  gaps: JournalGap[]
}

/**
 * A container's lives. `rows` are those about it and all gaps, in order; what comes before its first `start` belongs to none.
 * A `full` gap falls into the last life: anything may have followed.
 */
export function livesOf(rows: readonly JournalRow[]): Life[] {
  const lives: Life[] = []
  for (const row of rows) {
    if (row.kind === 'event' && row.type === 'container' && row.action === 'start')
      lives.push({ events: [], gaps: [] })
    const life = lives.at(-1)
    if (row.kind === 'event') life?.events.push(row)
    else if (row.kind === 'gap') life?.gaps.push(row)
  }
  return lives
}

/** Whether what these gaps hide could be an event other than of exec and health checks. */
export function hides(gaps: readonly JournalGap[], alsoExec = false): boolean {
  return gaps.some((gap) => alsoExec || gap.reason !== 'exec-flood')
}

/** Whether an event's action is the wanted one; `exec_create` is also `exec_create: cat /kept`. */
export function actionIs(action: string, wanted: string): boolean {
  return action === wanted || action.startsWith(`${wanted}: `)
}

/** `14:02:31` in UTC, for a verdict's source. */
export function timeOf(row: Timed): string {
  return new Date(Number(BigInt(row.timeNano) / 1_000_000n)).toISOString().slice(11, 19)
}

/** An event in few words: `kill signal=9`. */
export function describe(event: JournalEvent): string {
  const details = ['signal', 'exitCode'].filter((key) => event.attributes[key] !== undefined)
  const network = event.type === 'network' ? [` ${event.attributes.name ?? ''}`] : []
  return [event.action, ...network, ...details.map((key) => ` ${key}=${event.attributes[key]}`)].join('')
}

/** Whether an event may change what is known of the container of this name; never for containers of our own. */
export function concernsContainer(event: JournalEvent, name: string): boolean {
  if (event.by === 'check') return false
  if (event.type === 'network') return true
  if (event.type !== 'container' || event.action === 'archive-path') return false
  return (
    event.attributes.name === name ||
    event.attributes.oldName === `/${name}` ||
    event.actorId.startsWith(name)
  )
}
