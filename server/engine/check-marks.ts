import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Stands before every name that a check gives to something of its own. */
const NAME = 'drydock-check-'
const NONCE_BYTES = 8
const PROOF_BYTES = 8
/** A mark is news so long after it was made: longer than the longest check, so that a copy of an old one is none. */
const VALID_S = 600
const BITS = (NONCE_BYTES + PROOF_BYTES) * 8

/**
 * Marks that only this session's checks can make: 16 hex digits, of which the first half says when, and 16 that prove them under
 * a key derived from the session's seed. Nothing is kept, so they are known again after a restart of the server. A mark can be
 * seen and copied: whoever asks has to remember what bore it first.
 */
export class CheckMarks {
  readonly #key: Buffer

  constructor(seed: string) {
    this.#key = createHmac('sha256', seed).update('marks of checks').digest()
  }

  /** A new name for a container, image, network or volume of a check. */
  name(nowMs: number): string {
    return NAME + this.#make(nowMs).toString('hex')
  }

  /**
   * The path of a program, to be run in a container of the student's: what stands before it leads to the same file, and the
   * engine's event of that exec names it. `path` is absolute.
   */
  program(path: string, nowMs: number): string {
    const bits = [...this.#make(nowMs)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
    return [...bits].map((bit) => (bit === '1' ? '/.' : '/')).join('') + path
  }

  /** The mark in the name of an object, with or without a tag; undefined when there is none that holds. */
  inName(name: string): string | undefined {
    const hex = /^\/?drydock-check-([0-9a-f]{32})(?::|$)/.exec(name)?.[1]
    return hex === undefined ? undefined : this.#proved(Buffer.from(hex, 'hex'))
  }

  /** The mark in an event's action, such as `exec_create: /.//./usr/bin/true`. */
  inAction(action: string): string | undefined {
    const path = /^exec_[a-z]+: ((?:\/\.?)+)(?=\/[^/.])/.exec(action)?.[1]
    const bits = path?.match(/\/\.?/g)
    if (bits?.length !== BITS) return undefined
    const bytes = Array.from({ length: BITS / 8 }, (_, i) =>
      Number.parseInt(
        bits
          .slice(i * 8, i * 8 + 8)
          .map((bit) => (bit === '/.' ? '1' : '0'))
          .join(''),
        2,
      ),
    )
    return this.#proved(Buffer.from(bytes))
  }

  #make(nowMs: number): Buffer {
    const nonce = randomBytes(NONCE_BYTES)
    nonce.writeUInt32BE(Math.floor(nowMs / 1000) % 2 ** 32)
    return Buffer.concat([nonce, this.#proof(nonce)])
  }

  #proof(nonce: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(nonce).digest().subarray(0, PROOF_BYTES)
  }

  #proved(mark: Buffer): string | undefined {
    const nonce = mark.subarray(0, NONCE_BYTES)
    return timingSafeEqual(this.#proof(nonce), mark.subarray(NONCE_BYTES)) ? mark.toString('hex') : undefined
  }
}

/** Whether a mark was made about now. */
export function isFresh(mark: string, nowMs: number): boolean {
  return Math.abs(nowMs / 1000 - Number.parseInt(mark.slice(0, 8), 16)) <= VALID_S
}
