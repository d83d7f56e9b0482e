/** Writers remembered for one terminal: a page view each, the latest stay. */
const MAX_WRITERS = 64

/** Which input was already taken, so that a message sent again after a broken connection is typed once. */
export class InputLog {
  readonly #last = new Map<string, number>()

  /** Whether this message is new; from then on it is not. `seq` counts a writer's messages from 0. */
  take(writer: string, seq: number): boolean {
    const last = this.#last.get(writer) ?? -1
    this.#last.delete(writer)
    this.#last.set(writer, Math.max(last, seq))
    if (this.#last.size > MAX_WRITERS) {
      const [oldest] = this.#last.keys()
      if (oldest !== undefined) this.#last.delete(oldest)
    }
    return seq > last
  }
}
