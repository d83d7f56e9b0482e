import type { SandboxFile } from '../../checks/files.ts'

const BLOCK = 512
const types = { file: '0', symlink: '2', folder: '5' } as const

/** A tar archive of these files under `folder`, piece by piece; devices, pipes and sockets are left out. */
export function* packTar(folder: string, files: Iterable<SandboxFile>): Generator<Buffer> {
  for (const file of files) {
    if (file.kind === 'other') continue
    const path = [folder, file.path]
      .filter(Boolean)
      .join('/')
      .replace(/^\/+|\/+$/gu, '')
    const long = [...record('path', path, 100), ...record('linkpath', file.link, 100)]
    if (long.length > 0) {
      const text = Buffer.concat(long)
      yield header('x', 'long', '', text.length, { mode: 0o644, uid: 0, gid: 0, mtime: 0 })
      yield padded(text)
    }
    yield header(types[file.kind], path, file.link, file.data.length, file)
    if (file.data.length > 0) yield padded(file.data)
  }
  yield Buffer.alloc(2 * BLOCK)
}

function header(
  type: string,
  path: string,
  link: string,
  size: number,
  { mode, uid, gid, mtime }: Pick<SandboxFile, 'mode' | 'uid' | 'gid' | 'mtime'>,
): Buffer {
  const block = Buffer.alloc(BLOCK)
  block.write(path, 0, 100)
  const number = (value: number, at: number, width: number) =>
    block.write(
      `${Math.min(Math.max(0, value), 8 ** (width - 1) - 1)
        .toString(8)
        .padStart(width - 1, '0')}\0`,
      at,
      'latin1',
    )
  number(mode, 100, 8)
  number(uid, 108, 8)
  number(gid, 116, 8)
  number(size, 124, 12)
  number(Math.floor(mtime), 136, 12)
  block.write(type, 156, 'latin1')
  block.write(link, 157, 100)
  block.write('ustar\x0000', 257, 'latin1')
  block.write(' '.repeat(8), 148, 'latin1')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

/** An extended record, for a value that the field of the header does not hold. */
function record(key: string, value: string, room: number): Buffer[] {
  if (Buffer.byteLength(value) <= room) return []
  const rest = ` ${key}=${value}\n`
  const bytes = Buffer.byteLength(rest)
  let length = bytes + String(bytes).length
  length = bytes + String(length).length
  return [Buffer.from(`${length}${rest}`)]
}

function padded(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK)])
}
