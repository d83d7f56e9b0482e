import type { Clock } from '../clock.ts'
import { FlowControl } from './flow-control.ts'
import { OutputBatcher } from './output-batcher.ts'
import type { OutputRing } from './output-ring.ts'

/** Largest piece of output in one message, in bytes. */
const MAX_OUTPUT_BYTES = 64 * 1024
/** A browser that is behind and acknowledges nothing for so long is cut off. Above a minute: hidden tabs run their timers once in one. */
const STALLED_MS = 90_000

/** Where a terminal's output goes: one browser. */
export interface Viewer {
  /** It is attached. `from` is the offset of the first byte that will come, `head` that of the next byte the shell will write. */
  attached(from: number, head: number): void
  output(offset: number, data: Uint8Array): void
  /** The shell has ended; all its output was sent before. `code` is null when it is not known. */
  exit(code: number | null): void
  /** It was cut off because it acknowledged nothing, or because another took its place; it may attach again. */
  detached(): void
}

/** One browser's place in a terminal's output. Sends from the ring as far as the browser's acknowledgements allow. */
export class Attachment {
  readonly #ring: OutputRing
  readonly #viewer: Viewer
  readonly #clock: Clock
  readonly #onStalled: () => void
  readonly #flow: FlowControl
  readonly #batcher: OutputBatcher
  #exit: { code: number | null } | undefined
  #cancelStall: (() => void) | undefined

  constructor(deps: { ring: OutputRing; viewer: Viewer; clock: Clock; from: number; onStalled: () => void }) {
    this.#ring = deps.ring
    this.#viewer = deps.viewer
    this.#clock = deps.clock
    this.#onStalled = deps.onStalled
    this.#flow = new FlowControl(deps.from)
    this.#batcher = new OutputBatcher({ clock: deps.clock, send: () => this.#send() })
  }

  /** Whether the shell should wait for this browser. */
  get isBehind(): boolean {
    return this.#flow.isBehind(this.#ring.head)
  }

  /** Whether output that it was not yet sent is already forgotten. */
  get isLost(): boolean {
    return this.#flow.sent < this.#ring.oldest
  }

  /** There is new output. */
  poke(): void {
    this.#batcher.poke()
    this.#watch()
  }

  acknowledge(offset: number): void {
    if (!this.#flow.acknowledge(offset)) return
    this.#cancelStall?.()
    this.#cancelStall = undefined
    this.#send()
    this.#watch()
  }

  /** The shell has ended: what is left is sent, then the exit. */
  end(code: number | null): void {
    this.#exit = { code }
    this.#send()
  }

  cut(): void {
    this.stop()
    this.#viewer.detached()
  }

  stop(): void {
    this.#batcher.stop()
    this.#cancelStall?.()
    this.#cancelStall = undefined
  }

  #send(): void {
    while (!this.isLost && this.#flow.room > 0 && this.#flow.sent < this.#ring.head) {
      const offset = this.#flow.sent
      const data = this.#ring.read(offset, Math.min(MAX_OUTPUT_BYTES, this.#flow.room))
      this.#flow.take(data.length)
      this.#viewer.output(offset, data)
    }
    if (this.#exit && this.#flow.sent === this.#ring.head) {
      this.#viewer.exit(this.#exit.code)
      this.#exit = undefined
    }
  }

  #watch(): void {
    if (!this.isBehind || this.#cancelStall) return
    this.#cancelStall = this.#clock.after(STALLED_MS, () => {
      this.#cancelStall = undefined
      this.#onStalled()
    })
  }
}
