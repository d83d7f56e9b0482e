/** One piece of a container's output. */
export interface LogPiece {
  stream: 'stdout' | 'stderr'
  data: Buffer
}

/** A frame's header: stream number, three zeros, length. Docker writes a piece of at most 16 kB into one. */
const HEADER = 8
const MAX_FRAME = 1024 * 1024

/** Takes the engine's multiplexed log stream apart, chunk by chunk; a tty's output has no frames. */
export class LogFrames {
  #rest: Buffer = Buffer.alloc(0)
  readonly #raw: boolean

  constructor(tty: boolean) {
    this.#raw = tty
  }

  /** The pieces that are complete with this chunk. Throws a RangeError when it is no such stream. */
  push(chunk: Buffer): LogPiece[] {
    if (this.#raw) return [{ stream: 'stdout', data: chunk }]
    let rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    const pieces: LogPiece[] = []
    while (rest.length >= HEADER) {
      const kind = rest[0] ?? 255
      const length = rest.readUInt32BE(4)
      if (kind > 2 || rest[1] !== 0 || length > MAX_FRAME)
        throw new RangeError('This is no log stream of an engine')
      if (rest.length < HEADER + length) break
      pieces.push({ stream: kind === 2 ? 'stderr' : 'stdout', data: rest.subarray(HEADER, HEADER + length) })
      rest = rest.subarray(HEADER + length)
    }
    this.#rest = rest
    return pieces
  }

  /** Whether the stream may end here: no piece is cut off. */
  get whole(): boolean {
    return this.#rest.length === 0
  }
}

/** Text to lines: no empty last line, no carriage returns. */
export function toLines(text: string): string[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''))
  if (lines.at(-1) === '') lines.pop()
  return lines
}
