export interface InputMessage {
  seq: number
  data: Uint8Array<ArrayBuffer>
}

/**
 * What was typed, in order, until the server has it. A message keeps its number and bytes once it was sent, so that
 * the server can tell a repeated one; what was not yet sent may still grow up to `maxMessage` bytes. At most
 * `maxMessage` bytes are under way at once: typing never waits for a reply, and a paste goes piece by piece.
 */
export class InputQueue {
  /** Sent once without a known arrival: to be sent again as they were. */
  #again: InputMessage[] = []
  #unsent: InputMessage[] = []
  #sent: InputMessage[] = []
  #next = 0
  #bytes = 0
  readonly #maxMessage: number
  readonly #maxBytes: number

  /** Both in bytes: the largest message, and the most that is kept at all. */
  constructor(limits: { maxMessage: number; maxBytes: number }) {
    this.#maxMessage = limits.maxMessage
    this.#maxBytes = limits.maxBytes
  }

  /** Bytes that the server is not known to have. */
  get bytes(): number {
    return this.#bytes
  }

  /** Adds all of `data`, or nothing and answers false when it does not fit. */
  push(data: Uint8Array): boolean {
    if (this.#bytes + data.length > this.#maxBytes) return false
    this.#bytes += data.length
    let rest = data
    const last = this.#unsent.at(-1)
    if (last) {
      const room = this.#maxMessage - last.data.length
      last.data = join(last.data, rest.subarray(0, room))
      rest = rest.subarray(room)
    }
    for (; rest.length > 0; rest = rest.subarray(this.#maxMessage))
      this.#unsent.push({ seq: this.#next++, data: rest.slice(0, this.#maxMessage) })
    return true
  }

  /** The next message to send now, if the window allows one. */
  take(): InputMessage | undefined {
    const source = this.#again.length > 0 ? this.#again : this.#unsent
    const message = source[0]
    const underWay = this.#sent.reduce((sum, { data }) => sum + data.length, 0)
    if (message === undefined || (underWay > 0 && underWay + message.data.length > this.#maxMessage))
      return undefined
    source.shift()
    this.#sent.push(message)
    return message
  }

  /** The server has message `seq`. */
  acknowledge(seq: number): void {
    const at = this.#sent.findIndex((message) => message.seq === seq)
    if (at < 0) return
    this.#bytes -= this.#sent[at]?.data.length ?? 0
    this.#sent.splice(at, 1)
  }

  /** Puts what was sent without a known arrival back in front, same numbers, same bytes. */
  rewind(): void {
    this.#again = [...this.#sent, ...this.#again]
    this.#sent = []
  }

  /** Forgets everything: there is no shell to send to. */
  clear(): void {
    this.#again = []
    this.#unsent = []
    this.#sent = []
    this.#bytes = 0
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
