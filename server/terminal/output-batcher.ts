import type { Clock } from '../clock.ts'

/** How long output is gathered after something was sent, in milliseconds (TERMINAL.md: 4-8, measured). */
const WINDOW_MS = 5

/** Sends the first of a burst at once, so that an echoed key waits for nothing, and gathers what follows for a moment. */
export class OutputBatcher {
  readonly #clock: Clock
  readonly #send: () => void
  #closeWindow: (() => void) | undefined
  #more = false

  constructor(deps: { clock: Clock; send: () => void }) {
    this.#clock = deps.clock
    this.#send = deps.send
  }

  /** There is something to send. */
  poke(): void {
    if (this.#closeWindow) {
      this.#more = true
      return
    }
    this.#openWindow()
    this.#send()
  }

  stop(): void {
    this.#closeWindow?.()
    this.#closeWindow = undefined
    this.#more = false
  }

  #openWindow(): void {
    this.#closeWindow = this.#clock.after(WINDOW_MS, () => {
      this.#closeWindow = undefined
      if (!this.#more) return
      this.#more = false
      this.poke()
    })
  }
}
