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

/** A tar archive of plain files, owned by root. Throws a RangeError at a path above 99 bytes. */
export function tarOf(files: readonly { path: string; content: string | Buffer; mode?: number }[]): Buffer {
  const blocks = files.flatMap(({ path, content, mode = 0o644 }) => {
    const data = Buffer.from(content as string)
    const header = Buffer.alloc(BLOCK)
    const name = path.replace(/^\/+/, '')
    if (!name || Buffer.byteLength(name) > 99) throw new RangeError('This path does not fit into an archive')
    header.write(name)
    const octal = (value: number, at: number, width: number) =>
      header.write(value.toString(8).padStart(width - 1, '0'), at)
    octal(mode, 100, 8)
    octal(0, 108, 8)
    octal(0, 116, 8)
    octal(data.length, 124, 12)
    octal(0, 136, 12)
    header.write('        0', 148)
    header.write('ustar\0' + '00', 257)
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      148,
      7,
    )
    return [header, data, Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)])
}
