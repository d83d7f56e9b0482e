import { createHash } from 'node:crypto'
import type { ImageObject } from '../../checks/engine-view.ts'
import type { ImageScan, LayerFile, ScanQuestion } from '../../checks/image-scan-question.ts'
import { DrydockError } from '../errors.ts'
import type { EngineClient } from './engine-client.ts'
import { innerPath, readTar, TarFault } from './tar-reader.ts'

/** The engine writes all layers to its disk before the first byte. */
const BEGIN_MS = 30_000
/** Twice the largest lab image; what is above it is not read. */
const MAX_BYTES = 1024 * 1024 * 1024
const MAX_ENTRIES = 200_000
const MAX_PATHS = 32 * 1024 * 1024
const MAX_FOUND = 50
const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'

/** What one layer holds. */
interface Layer {
  /** Everything but folders, whiteouts as they are written. */
  names: Set<string>
  withNeedle: string[]
  /** For each pattern. */
  matching: string[][]
}

/**
 * Reads an image's layers as the engine saves them, entry by entry; nothing of it is kept but names. Layers are known by the
 * checksum of what came, not by what the archive calls them. Throws `student-engine-answer` when not all came, or too much.
 */
export async function scanImage(
  client: EngineClient,
  image: ImageObject,
  question: ScanQuestion,
  signal: AbortSignal,
): Promise<ImageScan> {
  const order = image.RootFS.Layers ?? []
  if (image.Size > MAX_BYTES) throw tooLarge()
  const stream = await client.stream({
    method: 'GET',
    path: `/images/${encodeURIComponent(image.Id)}/get`,
    timeoutMs: BEGIN_MS,
    signal,
  })
  const stop = () => stream.destroy(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const found = await layersOf(stream, new Set(order), new Budget(), question)
    const layers = order.map((digest) => found.get(digest))
    if (layers.some((layer) => !layer)) throw unreadable()
    return answer(layers as Layer[], question)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof TarFault)) throw error
    throw error.reason === 'too-large' || error.reason === 'too-many' ? tooLarge() : unreadable()
  } finally {
    signal.removeEventListener('abort', stop)
    stream.destroy()
  }
}

const tooLarge = () =>
  new DrydockError('student-engine-answer', 'This image is too large to be looked through.')
const unreadable = () =>
  new DrydockError('student-engine-answer', "The engine's archive of an image is not whole.")

/** How many names may be kept of all layers together. */
class Budget {
  #entries = MAX_ENTRIES
  #text = MAX_PATHS

  take(path: string): void {
    this.#entries--
    this.#text -= path.length
    if (this.#entries < 0 || this.#text < 0) throw new TarFault('too-many')
  }
}

async function layersOf(
  source: AsyncIterable<Buffer>,
  wanted: ReadonlySet<string>,
  budget: Budget,
  question: ScanQuestion,
): Promise<Map<string, Layer>> {
  const found = new Map<string, Layer>()
  const patterns = question.patterns.map((text) => new RegExp(text, 'u'))
  for await (const file of readTar(source, { maxBytes: MAX_BYTES * 1.2, maxEntries: 10_000 })) {
    if (file.kind !== 'file' || !isLayer(file.path, wanted)) continue
    const hash = createHash('sha256')
    const layer: Layer = { names: new Set(), withNeedle: [], matching: patterns.map(() => []) }
    const limits = { maxBytes: file.size, maxEntries: MAX_ENTRIES }
    for await (const entry of readTar(hashed(file.body, hash), limits)) {
      const path = innerPath(entry.path)
      if (path === undefined) throw new TarFault('garbage')
      budget.take(path)
      if (entry.kind !== 'folder') layer.names.add(path)
      const isMark = path.slice(path.lastIndexOf('/') + 1).startsWith(WHITEOUT)
      for (const [i, pattern] of patterns.entries())
        if (!isMark && pattern.test(`/${path}`)) layer.matching[i]?.push(path)
      if (question.needle && (await holds(entry, question.needle))) layer.withNeedle.push(path)
    }
    found.set(`sha256:${hash.digest('hex')}`, layer)
  }
  return found
}

/** As newer engines name it, after its checksum, and as older ones do. */
function isLayer(path: string, wanted: ReadonlySet<string>): boolean {
  const blob = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(path)?.[1]
  return blob === undefined ? /^[0-9a-f]{64}\/layer\.tar$/.test(path) : wanted.has(`sha256:${blob}`)
}

async function* hashed(source: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>) {
  for await (const chunk of source) {
    hash.update(chunk)
    yield chunk
  }
}

/** Whether a file's content, name, link or attributes hold the needle; also across two pieces. */
async function holds(
  entry: { path: string; link: string; extended: Buffer; body: AsyncIterable<Buffer> },
  needle: string,
): Promise<boolean> {
  if (entry.path.includes(needle) || entry.link.includes(needle) || entry.extended.includes(needle))
    return true
  const bytes = Buffer.from(needle)
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of entry.body) {
    const window = Buffer.concat([rest, chunk])
    if (window.includes(bytes)) return true
    rest = window.subarray(-(bytes.length - 1))
  }
  return false
}

function answer(layers: readonly Layer[], { needle }: ScanQuestion): ImageScan {
  // A path may itself be the secret.
  const shown = (path: string) => `/${needle ? path.replaceAll(needle, '***') : path}`
  const files = (of: (layer: Layer) => readonly string[]): LayerFile[] =>
    layers
      .flatMap((layer, i) =>
        of(layer)
          .slice(0, MAX_FOUND)
          .map((path) => ({ layer: i, path: shown(path), visible: isVisible(layers, i, path) })),
      )
      .sort((a, b) => Number(b.visible) - Number(a.visible))
      .slice(0, MAX_FOUND)
  const count = layers[0]?.matching.length ?? 0
  return {
    layers: layers.length,
    withNeedle: files((layer) => layer.withNeedle),
    matching: Array.from({ length: count }, (_, i) => files((layer) => layer.matching[i] ?? [])),
  }
}

/** Whether a path of one layer is still there above all of them; replaced by a layer above, it is that layer's. */
function isVisible(layers: readonly Layer[], from: number, path: string): boolean {
  const parts = path.split('/')
  return !layers.slice(from + 1).some(({ names }) => {
    if (names.has(path)) return true
    return parts.some((name, i) => {
      const folder = parts.slice(0, i).join('/')
      const at = (other: string) => (folder ? `${folder}/${other}` : other)
      const above = i < parts.length - 1 && names.has(at(name))
      return above || names.has(at(WHITEOUT + name)) || names.has(at(OPAQUE))
    })
  })
}
