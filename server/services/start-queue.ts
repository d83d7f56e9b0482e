import type { Clock } from '../clock.ts'
import type { SandboxSize } from '../sandbox/sandbox-driver.ts'

/** How often is looked whether a full machine has room again, in milliseconds. */
const ROOM_MS = 1_000
/** A start before any was measured: 0.9 s on a quiet machine, a little more for who prepares a lab. Milliseconds. */
const FIRST_GUESS_MS = 1_500
/** How much a start weighs in the mean of those before it. */
const NEWEST = 0.3

export interface StartQueueDeps {
  clock: Clock
  /** How many sandboxes may start at the same time. */
  atOnce: () => Promise<number>
  /** Whether the machine has room for a sandbox of that size beside those that are starting. Rejects when that cannot be known: then nobody is held up. */
  hasRoom: (starting: readonly SandboxSize[], size: SandboxSize) => Promise<boolean>
  /** The place of this session has changed. */
  moved: (session: string) => void
  /** Nobody waits and nobody starts any more. */
  idle?: () => void
}

export interface Place {
  /** 1 is the next. */
  place: number
  /** In how many milliseconds its start should begin; null while the machine is full, since then it takes until somebody ends. */
  startsIn: number | null
}

interface Waiting {
  session: string
  size: SandboxSize
  admit: () => void
}

/** First come, first served: few sandboxes start at once, since all at once would each take as long as all together. */
export class StartQueue {
  readonly #deps: StartQueueDeps
  readonly #waiting: Waiting[] = []
  readonly #starting: SandboxSize[] = []
  #held = 0
  #full = false
  #meanMs = FIRST_GUESS_MS
  #atOnce = 1
  #admitting = false
  #again = false
  #cancel: (() => void) | undefined

  constructor(deps: StartQueueDeps) {
    this.#deps = deps
  }

  get length(): number {
    return this.#waiting.length
  }

  /** Whether nobody waits or starts. */
  get isIdle(): boolean {
    return this.#waiting.length + this.#starting.length === 0
  }

  /** Resolves when it is the session's turn, with what ends the turn; rejects with the reason of the signal. `first`: before all who wait, for one that had a seat. */
  async turn(
    session: string,
    { size, signal, first = false }: { size: SandboxSize; signal: AbortSignal; first?: boolean },
  ): Promise<Disposable> {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting = { session, size, admit: resolve }
    if (first) this.#waiting.unshift(waiting)
    else this.#waiting.push(waiting)
    const leave = () => {
      const at = this.#waiting.indexOf(waiting)
      if (at < 0) return
      this.#waiting.splice(at, 1)
      reject(signal.reason)
      this.#tell()
    }
    signal.addEventListener('abort', leave, { once: true })
    void this.#admit()
    await promise.finally(() => signal.removeEventListener('abort', leave))
    return this.#begun(size)
  }

  /** Undefined for one that does not wait. */
  placeOf(session: string): Place | undefined {
    const at = this.#waiting.findIndex((each) => each.session === session)
    if (at < 0) return undefined
    const rounds = Math.floor(at / this.#atOnce) + 1
    return { place: at + 1, startsIn: this.#full ? null : Math.round(rounds * this.#meanMs) }
  }

  /** Room may have been made. */
  check(): void {
    if (this.#waiting.length > 0) void this.#admit()
  }

  /** Lets nobody in until it is disposed of. */
  hold(): Disposable {
    this.#held += 1
    let over = false
    return {
      [Symbol.dispose]: () => {
        if (over) return
        over = true
        this.#held -= 1
        this.check()
      },
    }
  }

  #begun(size: SandboxSize): Disposable {
    const { clock } = this.#deps
    const began = clock.now()
    let over = false
    return {
      [Symbol.dispose]: () => {
        if (over) return
        over = true
        this.#starting.splice(this.#starting.indexOf(size), 1)
        this.#meanMs += NEWEST * (Math.max(0, clock.now() - began) - this.#meanMs)
        void this.#admit()
      },
    }
  }

  /** Lets in whoever may come in; one such look at a time. */
  async #admit(): Promise<void> {
    this.#again = true
    if (this.#admitting) return
    this.#admitting = true
    this.#cancel?.()
    const { clock, atOnce, hasRoom } = this.#deps
    let moved = false
    while (this.#again) {
      this.#again = false
      this.#atOnce = Math.max(1, await atOnce().catch(() => this.#atOnce))
      while (this.#held === 0 && this.#waiting[0] && this.#starting.length < this.#atOnce) {
        this.#full = !(await hasRoom(this.#starting, this.#waiting[0].size).catch(() => true))
        const next = this.#full ? undefined : this.#waiting.shift()
        if (!next) break
        this.#starting.push(next.size)
        moved = true
        next.admit()
      }
    }
    this.#admitting = false
    if (this.#full && this.#waiting.length > 0) this.#cancel = clock.after(ROOM_MS, () => this.check())
    if (moved || this.#waiting.length > 0) this.#tell()
    if (this.isIdle) this.#deps.idle?.()
  }

  #tell(): void {
    for (const { session } of this.#waiting) this.#deps.moved(session)
  }
}
