const BLOCK = 512

/** The first plain file of a tar archive, or undefined when the first entry is a link, a folder or a device. */
export function firstFileOfTar(tar: Buffer): Buffer | undefined {
  let at = 0
  while (at + BLOCK <= tar.length) {
    const header = tar.subarray(at, at + BLOCK)
    const size = Number.parseInt(header.subarray(124, 136).toString('latin1'), 8)
    const type = String.fromCharCode(header[156] ?? 0)
    if (!Number.isSafeInteger(size) || size < 0) return undefined
    const start = at + BLOCK
    if (type === '0' || type === '\0')
      return start + size <= tar.length ? tar.subarray(start, start + size) : undefined
    // Extended headers only say more about the entry that follows.
    if (type !== 'x' && type !== 'g') return undefined
    at = start + Math.ceil(size / BLOCK) * BLOCK
  }
  return undefined
}
