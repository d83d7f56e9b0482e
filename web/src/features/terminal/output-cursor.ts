/** A piece of output to write. */
export interface Piece {
  data: Uint8Array
  /** Offset after its last byte. */
  end: number
  /** It was there before this attach. */
  replay: boolean
}

/**
 * Where a screen stands in a terminal's output. All offsets count bytes from the terminal's start:
 * `received` came in, `drawn` is on the screen, `head` is where the replay ends.
 */
export class OutputCursor {
  #received = 0
  #drawn = 0
  #acknowledged = 0
  #head = 0
  readonly #ackBytes: number

  /** `ackBytes`: an acknowledgement is due after so many bytes drawn. */
  constructor(ackBytes: number) {
    this.#ackBytes = ackBytes
  }

  get received(): number {
    return this.#received
  }

  /** Takes up an attach. Answers how many bytes are missing before `from`: the server no longer had them. */
  attached(from: number, head: number): number {
    const missing = Math.max(0, from - this.#received)
    this.#received += missing
    this.#acknowledged = from
    this.#head = head
    return missing
  }

  /** The new bytes of a message, split where the replay ends; undefined when bytes before it never came. */
  take(offset: number, data: Uint8Array): Piece[] | undefined {
    if (offset > this.#received) return undefined
    const fresh = data.subarray(this.#received - offset)
    const replayed = Math.min(fresh.length, Math.max(0, this.#head - this.#received))
    const middle = this.#received + replayed
    this.#received += fresh.length
    return [
      { data: fresh.subarray(0, replayed), end: middle, replay: true },
      { data: fresh.subarray(replayed), end: this.#received, replay: false },
    ].filter((piece) => piece.data.length > 0)
  }

  /** The screen has drawn up to `end`. Answers the offset to acknowledge when one is due. */
  drawn(end: number): number | undefined {
    this.#drawn = Math.max(this.#drawn, end)
    if (this.#drawn - this.#acknowledged < this.#ackBytes) return undefined
    this.#acknowledged = this.#drawn
    return this.#drawn
  }
}
