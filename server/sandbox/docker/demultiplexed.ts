import { Duplex } from 'node:stream'

const HEADER = 8
const STDERR = 2
/** What of standard error is kept, in bytes. */
const STDERR_KEPT = 16 * 1024

/**
 * A hijacked exec connection as a Duplex: writing is standard input, reading is standard output. Without a terminal Docker
 * frames its output (1 byte stream, 3 zero, 4 length big-endian); the frames are undone here, also when cut anywhere.
 * Bytes go on as they come, nothing is gathered, and a reader that pauses pauses the program.
 */
export class DemultiplexedStream extends Duplex {
  #connection: Duplex
  #framed: boolean
  #header = Buffer.alloc(HEADER)
  #headerBytes = 0
  #stream = 0
  #left = 0
  #stderr = Buffer.alloc(0)
  /** Resolves when the connection has ended or was given up. */
  readonly over: Promise<void>

  constructor(connection: Duplex, framed: boolean) {
    // When the program has ended nobody reads what is written.
    super({ allowHalfOpen: false })
    this.#connection = connection
    this.#framed = framed
    const { promise, resolve } = Promise.withResolvers<void>()
    this.over = promise
    connection.on('data', (chunk: Buffer) => this.#take(chunk))
    connection.on('end', () => {
      this.push(null)
      resolve()
    })
    connection.on('close', () => {
      if (!connection.readableEnded) this.push(null)
      resolve()
    })
    // The far side's end is told by `exit`, not by an error here: a sandbox that vanishes is an outcome.
    connection.on('error', () => connection.destroy())
  }

  /** The last of standard error. */
  stderr(): string {
    return this.#stderr.toString('utf8')
  }

  #take(chunk: Buffer) {
    if (!this.#framed) return this.#pass(chunk)
    for (let at = 0; at < chunk.length; ) {
      if (this.#left === 0) {
        const taken = chunk.copy(this.#header, this.#headerBytes, at, at + HEADER - this.#headerBytes)
        at += taken
        this.#headerBytes += taken
        if (this.#headerBytes < HEADER) return
        this.#headerBytes = 0
        this.#stream = this.#header[0] ?? 0
        this.#left = this.#header.readUInt32BE(4)
        continue
      }
      const piece = chunk.subarray(at, at + this.#left)
      at += piece.length
      this.#left -= piece.length
      if (this.#stream === STDERR) this.#stderr = Buffer.concat([this.#stderr, piece]).subarray(-STDERR_KEPT)
      else this.#pass(piece)
    }
  }

  #pass(bytes: Buffer) {
    if (!this.push(bytes)) this.#connection.pause()
  }

  override _read() {
    this.#connection.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void) {
    if (this.#connection.destroyed || this.#connection.writableEnded) return done()
    this.#connection.write(chunk, () => done())
  }

  override _final(done: () => void) {
    // Half-close: the program reads end-of-file and may still answer.
    if (!this.#connection.destroyed) this.#connection.end()
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void) {
    this.#connection.end()
    // What still comes is thrown away, so that the end of the program is seen.
    this.#connection.removeAllListeners('data')
    this.#connection.resume()
    done(error)
  }

  /** Lets go of the connection for good. */
  abandon() {
    this.#connection.destroy()
  }
}
