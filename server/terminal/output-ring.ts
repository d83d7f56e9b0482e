import { type ScanState, scan, unsafePrefix } from './escape-scanner.ts'

/** What a terminal remembers of its output, in bytes. Must exceed HIGH_WATERMARK, or an attached browser could lose some. */
export const RING_BYTES = 1024 * 1024

/** The tail of a terminal's output. Offsets are absolute: byte 0 is the first that the shell wrote. */
export class OutputRing {
  readonly #bytes: Buffer
  #head = 0
  #oldest = 0
  /** State at `#oldest`. */
  #state: ScanState = 'ground'

  constructor(capacity = RING_BYTES) {
    // The pages are taken from the system as they are written.
    this.#bytes = Buffer.allocUnsafeSlow(capacity)
  }

  /** Offset of the next byte to come. */
  get head(): number {
    return this.#head
  }

  /** Offset of the first byte still held. */
  get oldest(): number {
    return this.#oldest
  }

  append(bytes: Uint8Array): void {
    const capacity = this.#bytes.length
    for (let at = 0; at < bytes.length; ) {
      const place = this.#head % capacity
      const piece = bytes.subarray(at, at + capacity - place)
      this.#forget(this.#head + piece.length - capacity)
      this.#bytes.set(piece, place)
      this.#head += piece.length
      at += piece.length
    }
  }

  /** A copy of the bytes from `from` on, at most `max`. `from` lies between `oldest` and `head`. */
  read(from: number, max: number): Buffer {
    const end = Math.min(this.#head, from + max)
    const copy = Buffer.allocUnsafe(end - from)
    for (let at = from; at < end; ) {
      const place = at % this.#bytes.length
      const piece = this.#bytes.subarray(place, Math.min(this.#bytes.length, place + end - at))
      copy.set(piece, at - from)
      at += piece.length
    }
    return copy
  }

  /** The first offset held at which a fresh screen may begin: not inside an escape sequence or a character. */
  replayStart(): number {
    if (this.#oldest === 0) return 0
    return this.#oldest + unsafePrefix(this.#state, this.read(this.#oldest, this.#bytes.length))
  }

  #forget(before: number): void {
    if (before <= this.#oldest) return
    this.#state = scan(this.#state, this.read(this.#oldest, before - this.#oldest))
    this.#oldest = before
  }
}
