/** One entry of a tar archive. Nothing in it is trusted: names are as written, numbers as claimed. */
export interface TarEntry {
  path: string
  kind: 'file' | 'folder' | 'symlink' | 'hardlink' | 'other'
  /** Bytes of the body. */
  size: number
  mode: number
  uid: number
  gid: number
  /** Seconds since the epoch. */
  mtime: number
  /** What a link points to; empty otherwise. */
  link: string
  /** The extended header as it came; empty without one. */
  extended: Buffer
  /** What is not read of it is skipped when the next entry is asked for. */
  body: AsyncIterable<Buffer>
}

export type TarFaultReason = 'garbage' | 'cut-off' | 'too-large' | 'too-many'

/** The archive is none, or larger than the reader allows. */
export class TarFault extends Error {
  readonly reason: TarFaultReason
  constructor(reason: TarFaultReason) {
    super(`The archive is ${reason}`)
    this.name = 'TarFault'
    this.reason = reason
  }
}

export interface TarLimits {
  /** Bytes of the whole archive. */
  maxBytes: number
  maxEntries: number
}

const BLOCK = 512
/** A name that needs more than this is no name; extended attributes of one file have at most 64 kB each. */
const MAX_EXTENDED = 256 * 1024

/**
 * The entries of a tar archive as it streams by: nothing of it is kept. Throws TarFault; `cut-off` also when the archive
 * lacks its end.
 */
export async function* readTar(source: AsyncIterable<Buffer>, limits: TarLimits): AsyncGenerator<TarEntry> {
  const chunks = source[Symbol.asyncIterator]()
  try {
    yield* entries(new Bytes(chunks, limits.maxBytes), limits.maxEntries)
  } finally {
    await chunks.return?.()
  }
}

async function* entries(bytes: Bytes, maxEntries: number): AsyncGenerator<TarEntry> {
  let long: Partial<Record<'path' | 'link' | 'size', string>> = {}
  let extended: Buffer = Buffer.alloc(0)
  for (let count = 0; ; ) {
    const header = await bytes.exactly(BLOCK)
    if (header.every((byte) => byte === 0)) break
    const { type, ...plain } = parseHeader(header)
    if (++count > maxEntries) throw new TarFault('too-many')
    if (type === 'g' || type === 'x' || type === 'L' || type === 'K') {
      if (plain.size > MAX_EXTENDED) throw new TarFault('too-large')
      const text = await bytes.exactly(plain.size)
      await bytes.skip(padding(plain.size))
      if (type === 'L') long.path = untilNul(text)
      if (type === 'K') long.link = untilNul(text)
      if (type === 'x') {
        long = { ...long, ...parseExtended(text) }
        extended = text
      }
      continue
    }
    const size = long.size === undefined ? plain.size : toSize(Number(long.size))
    if (size > bytes.room) throw new TarFault('too-large')
    const body = bytes.part(size)
    yield {
      ...plain,
      path: long.path ?? plain.path,
      link: long.link ?? plain.link,
      size,
      kind: kindOf(type),
      extended,
      body,
    }
    for await (const _ of body) {
      // Skipped.
    }
    await bytes.skip(padding(size))
    long = {}
    extended = Buffer.alloc(0)
  }
  await bytes.drain()
}

/** `a/b` for `./a//b` and `/a/b`, empty for the root; undefined for a path that leads out of it. */
export function innerPath(path: string): string | undefined {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  return parts.includes('..') || path.includes('\0') ? undefined : parts.join('/')
}

function kindOf(type: string): TarEntry['kind'] {
  if (type === '0' || type === '\0' || type === '7') return 'file'
  if (type === '1') return 'hardlink'
  if (type === '2') return 'symlink'
  if (type === '5') return 'folder'
  if (type === '3' || type === '4' || type === '6') return 'other'
  throw new TarFault('garbage')
}

function parseHeader(header: Buffer) {
  let sum = 8 * 32
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i] ?? 0
  if (sum !== toNumber(header.subarray(148, 156))) throw new TarFault('garbage')
  const name = untilNul(header.subarray(0, 100))
  // GNU archives have other things where POSIX keeps the front of a long name.
  const posix = header.subarray(257, 263).toString('latin1') === 'ustar\0'
  const front = posix ? untilNul(header.subarray(345, 500)) : ''
  return {
    path: front ? `${front}/${name}` : name,
    mode: toNumber(header.subarray(100, 108)) & 0o7777,
    uid: toNumber(header.subarray(108, 116)),
    gid: toNumber(header.subarray(116, 124)),
    size: toSize(toNumber(header.subarray(124, 136))),
    mtime: toNumber(header.subarray(136, 148)),
    type: String.fromCharCode(header[156] ?? 0),
    link: untilNul(header.subarray(157, 257)),
  }
}

/** Octal digits, or a big-endian number when the first bit says so. */
function toNumber(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) !== 0)
    return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, (field[0] ?? 0) & 0x7f)
  const text = field.toString('latin1').replace(/\0.*$/su, '').trim()
  if (text === '') return 0
  if (!/^[0-7]+$/.test(text)) throw new TarFault('garbage')
  return Number.parseInt(text, 8)
}

function toSize(size: number): number {
  if (!Number.isSafeInteger(size) || size < 0) throw new TarFault('garbage')
  return size
}

/** Records `LENGTH key=value\n`; of these only the ones that replace a field of the header. */
function parseExtended(text: Buffer): Partial<Record<'path' | 'link' | 'size', string>> {
  const found: Partial<Record<'path' | 'link' | 'size', string>> = {}
  for (let at = 0; at < text.length; ) {
    const space = text.indexOf(0x20, at)
    const length = Number(text.subarray(at, Math.max(space, at)).toString('latin1'))
    if (space < 0 || !Number.isInteger(length) || length < 5 || at + length > text.length)
      throw new TarFault('garbage')
    const record = text.subarray(space + 1, at + length - 1).toString('utf8')
    const [key = '', value] = [record.slice(0, record.indexOf('=')), record.slice(record.indexOf('=') + 1)]
    if (key === 'path') found.path = value
    if (key === 'linkpath') found.link = value
    if (key === 'size') found.size = value
    at += length
  }
  return found
}

function untilNul(field: Buffer): string {
  const end = field.indexOf(0)
  return field.subarray(0, end < 0 ? field.length : end).toString('utf8')
}

const padding = (size: number) => (BLOCK - (size % BLOCK)) % BLOCK

/** Takes a stream apart by numbers of bytes. */
class Bytes {
  #left: number
  readonly #source: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterator<Buffer>, maxBytes: number) {
    this.#source = source
    this.#left = maxBytes
  }

  /** How much may still be taken. */
  get room(): number {
    return this.#left + this.#rest.length
  }

  async exactly(size: number): Promise<Buffer> {
    const chunks: Buffer[] = []
    for await (const chunk of this.part(size)) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  async skip(size: number): Promise<void> {
    for await (const _ of this.part(size)) {
      // Skipped.
    }
  }

  /** The next bytes, once. */
  part(size: number): AsyncIterable<Buffer> {
    let wanted = size
    const next = async (): Promise<IteratorResult<Buffer>> => {
      if (wanted === 0) return { done: true, value: undefined }
      const chunk = await this.#take(wanted)
      if (!chunk) throw new TarFault('cut-off')
      wanted -= chunk.length
      return { done: false, value: chunk }
    }
    // Left halfway it stays where it is, so that the reader can skip the rest.
    return { [Symbol.asyncIterator]: () => ({ next }) }
  }

  /** Reads on to the end of the source, so that who writes it can end. */
  async drain(): Promise<void> {
    while (await this.#take(Number.POSITIVE_INFINITY)) {
      // Skipped.
    }
  }

  async #take(atMost: number): Promise<Buffer | undefined> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#source.next()
      if (done) return undefined
      this.#left -= value.length
      if (this.#left < 0) throw new TarFault('too-large')
      this.#rest = value
    }
    const chunk = this.#rest.subarray(0, atMost)
    this.#rest = this.#rest.subarray(chunk.length)
    return chunk
  }
}
