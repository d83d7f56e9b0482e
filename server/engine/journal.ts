import type { JournalMark, JournalRow } from '../../checks/check.ts'
import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import { EngineClock } from './engine-clock.ts'
import { type EngineEvent, TOO_LONG } from './engine-events.ts'
import { EventAuthor } from './event-author.ts'
import { JournalIntake, keyOf } from './journal-intake.ts'
import type { StudentEngine } from './student-engine.ts'
import { UnexplainedDeaths } from './unexplained-deaths.ts'

export interface JournalSink {
  /** Keeps the rows, which follow each other by `seq`. Rejects when they could not be kept; they are then given again. */
  append(rows: readonly JournalRow[]): Promise<void>
}

export interface JournalListener {
  /** New rows, as soon as they are known; they may not be in the sink yet. Must not throw. */
  rows?(rows: readonly JournalRow[]): void
  /** The engine answers, for the first time or again. Must not throw. */
  answers?(): void
  /** The engine answered, and does no more. Must not throw. */
  silent?(): void
}

const BATCH_ROWS = 200
const BATCH_MS = 100
const FIRST_RETRY_MS = 100
/** A connection that broke is there again sooner, an engine that was killed is not. */
const SILENT_MS = 300
const LAST_RETRY_MS = 2_000
/** Events may be published slightly out of order: ask again for the last second, what is known is left out. */
const OVERLAP_NANOS = 1_000_000_000n
/** How long the stream may lag behind the engine before what is missing counts as lost. */
const CATCH_UP_MS = 3_000
/** An engine remembers about 256 events and tells them at once: above this it is none. */
const MAX_REMEMBERED = 4_096
const TELL_MS = 5_000

type Told = EngineEvent | typeof TOO_LONG

/** Takes every event of a student engine into a sink, from the first moment on, and marks where it may have missed some. */
export class Journal {
  readonly #engine: Pick<StudentEngine, 'events' | 'clockOffset' | 'marks'>
  readonly #sink: JournalSink
  readonly #clock: Clock
  readonly #intake: JournalIntake
  readonly #time: EngineClock
  readonly #listener: JournalListener
  readonly #ending = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #streaming = false
  #pending: JournalRow[] = []
  #writing: Promise<void> | undefined
  #cancelBatch: (() => void) | undefined
  #arrived: (() => void)[] = []
  readonly #deaths = new UnexplainedDeaths()

  /** `earlier`: the last rows that the sink has of this session (512 suffice), when it has any. */
  constructor(deps: {
    engine: Pick<StudentEngine, 'events' | 'clockOffset' | 'marks'>
    /** The engine's clock is ours. */
    sharesClock?: boolean
    sink: JournalSink
    clock: Clock
    earlier?: readonly JournalRow[]
    listener?: JournalListener
  }) {
    this.#engine = deps.engine
    this.#sink = deps.sink
    this.#clock = deps.clock
    this.#time = new EngineClock({
      ask: () => deps.engine.clockOffset(),
      clock: deps.clock,
      shared: deps.sharesClock,
    })
    this.#intake = new JournalIntake(deps.earlier, new EventAuthor(deps.engine.marks))
    this.#listener = deps.listener ?? {}
  }

  /** Begins to stream; to be called once, when the engine answers. */
  start(): void {
    this.#running = this.#stream()
  }

  /**
   * Resolves when every event that the engine emitted before the call is in the sink, and the one that explains an end of a moment
   * ago, should there be one. Throws when that cannot be known.
   */
  async flush(): Promise<void> {
    await this.#catchUp()
    if (await this.#settled()) await this.#catchUp()
    this.#queue(this.#intake.marks(this.#clock.now()))
    await this.#writeAll()
  }

  /** Writes down what Drydock did at a time of ours, in milliseconds; resolves when that is in the sink. */
  async mark(reason: JournalMark['reason'], at: number): Promise<void> {
    this.#queue(this.#intake.mark(reason, await this.timeOf(at)))
    await this.#writeAll()
  }

  /** A time of ours, in milliseconds, as the engine's clock would have it, in nanoseconds as digits; as ours when the engine does not tell. */
  async timeOf(at: number): Promise<string> {
    const { ms } = await this.#time.offset().catch(() => ({ ms: 0 }))
    return String(BigInt(Math.round(at + ms)) * 1_000_000n)
  }

  /** Ends the stream and writes what has come. */
  async stop(): Promise<void> {
    this.#ending.abort()
    await this.#running
    this.#cancelBatch?.()
    this.#queue(this.#intake.marks(this.#clock.now()))
    await this.#writeAll()
  }

  async #stream(): Promise<void> {
    const { signal } = this.#ending
    let retryMs = FIRST_RETRY_MS
    let cancelSilent: (() => void) | undefined
    while (!signal.aborted) {
      try {
        await this.#catchUp()
        this.#streaming = true
        cancelSilent?.()
        this.#listener.answers?.()
        for await (const event of this.#engine.events({ since: this.#since(), signal })) {
          retryMs = FIRST_RETRY_MS
          if (event !== TOO_LONG) this.#time.saw(event.timeNano)
          this.#take(event)
        }
      } catch {
        // Whatever ended it: the next turn finds out whether something was lost.
      }
      if (this.#streaming && !signal.aborted)
        cancelSilent = this.#clock.after(SILENT_MS, () => {
          if (!signal.aborted) this.#listener.silent?.()
        })
      this.#streaming = false
      this.#announce()
      if (signal.aborted) return
      await this.#pause(retryMs)
      retryMs = Math.min(LAST_RETRY_MS, retryMs * 2)
    }
  }

  /** Takes in what the engine remembers up to now, and marks a gap when it no longer knows the newest that we have or its clock was set back. */
  async #catchUp(): Promise<void> {
    const now = await this.#engineNow()
    this.#queue(this.#intake.setBack(String(now), this.#clock.now()))
    const { anchor } = this.#intake
    const found = await this.#remembered(this.#since(), toSeconds(now))
    const joined = !anchor || found.some((event) => event !== TOO_LONG && keyOf(event) === keyOf(anchor))
    // Another flush may have marked it meanwhile.
    if (!joined && !(await this.#delivered(found.at(-1))) && this.#intake.anchor === anchor)
      this.#queue(this.#intake.lost())
    for (const event of found) this.#take(event)
  }

  async #remembered(since: string, until: string): Promise<Told[]> {
    const found: Told[] = []
    const ending = new AbortController()
    const cancel = this.#clock.after(TELL_MS, () => ending.abort(new DrydockError('student-engine-down')))
    const signal = AbortSignal.any([this.#ending.signal, ending.signal])
    try {
      for await (const event of this.#engine.events({ since, until, signal })) {
        found.push(event)
        if (found.length > MAX_REMEMBERED) throw new DrydockError('student-engine-answer')
      }
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof DrydockError
        ? error
        : new DrydockError('student-engine-down', undefined, { cause: error })
    } finally {
      cancel()
    }
    return found
  }

  /** Whether the stream brings this event in time: then nothing is missing, it only lags behind what the engine remembers. */
  async #delivered(event: Told | undefined): Promise<boolean> {
    if (!event || event === TOO_LONG) return false
    let late = false
    const cancel = this.#clock.after(CATCH_UP_MS, () => {
      late = true
      this.#announce()
    })
    while (this.#streaming && !late && !this.#intake.knows(event)) {
      await new Promise<void>((resolve) => this.#arrived.push(resolve))
    }
    cancel()
    return this.#streaming && this.#intake.knows(event)
  }

  /** Waits for what explains the ends that are known now, or until nothing is to be expected any more. Answers whether it waited. */
  async #settled(): Promise<boolean> {
    const waits = this.#deaths.settleIn(this.#clock.now())
    if (waits === 0) return false
    let late = false
    const cancel = this.#clock.after(waits, () => {
      late = true
      this.#announce()
    })
    while (!late && !this.#ending.signal.aborted && this.#deaths.settleIn(this.#clock.now()) > 0)
      await new Promise<void>((resolve) => this.#arrived.push(resolve))
    cancel()
    return true
  }

  #take(event: Told): void {
    if (event !== TOO_LONG) this.#queue(this.#intake.take(event, this.#clock.now()))
    else this.#intake.skipped()
    this.#announce()
  }

  #announce(): void {
    const waiting = this.#arrived
    this.#arrived = []
    for (const resolve of waiting) resolve()
  }

  #queue(rows: JournalRow[]): void {
    if (rows.length === 0) return
    this.#pending.push(...rows)
    for (const row of rows) this.#deaths.saw(row, this.#clock.now())
    this.#listener.rows?.(rows)
    if (this.#pending.length >= BATCH_ROWS) this.#writeSoon()
    else this.#cancelBatch ??= this.#clock.after(BATCH_MS, () => this.#writeSoon())
  }

  /** A write that fails is tried again; until then the rows wait here, bounded by the intake. */
  #writeSoon(): void {
    this.#write().catch(() => {
      this.#cancelBatch ??= this.#clock.after(LAST_RETRY_MS, () => this.#writeSoon())
    })
  }

  async #writeAll(): Promise<void> {
    while (this.#pending.length > 0 || this.#writing) await this.#write()
  }

  /** Writes one batch, or waits for the one that is being written. */
  #write(): Promise<void> {
    this.#cancelBatch?.()
    this.#cancelBatch = undefined
    this.#writing ??= this.#writeBatch().finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  async #writeBatch(): Promise<void> {
    while (this.#pending.length > 0) {
      const rows = this.#pending.slice(0, BATCH_ROWS)
      await this.#sink.append(rows)
      this.#pending.splice(0, rows.length)
    }
  }

  #since(): string {
    const { newest } = this.#intake
    if (!newest) return '0'
    const nanos = BigInt(newest.timeNano) - OVERLAP_NANOS
    return nanos > 0n ? toSeconds(nanos) : '0'
  }

  /** The engine's clock in nanoseconds, rounded up by what we may be wrong. */
  async #engineNow(): Promise<bigint> {
    const { ms, within } = await this.#time.offset()
    return BigInt(Math.ceil(this.#clock.now() + ms + within + 1)) * 1_000_000n
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, resolve)
      this.#ending.signal.addEventListener(
        'abort',
        () => {
          cancel()
          resolve()
        },
        { once: true },
      )
    })
  }
}

/** Nanoseconds since the epoch to the engine's notation: seconds with nine decimals. */
function toSeconds(nanos: bigint): string {
  return `${nanos / 1_000_000_000n}.${String(nanos % 1_000_000_000n).padStart(9, '0')}`
}
