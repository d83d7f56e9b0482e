import { isUtf8 } from 'node:buffer'
import { constants } from 'node:fs'
import { lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** A file of a lab may have so many bytes; the longest today has 8 kB. */
const MAX_FILE_BYTES = 64 * 1024
/** More entries than any folder of a lab has need of. */
const MAX_ENTRIES = 200

/** Something in a lab's folder is not as it must be. `path` is the one asked for. */
export class FolderFault extends Error {
  readonly path: string
  readonly place: { line?: number; column?: number }
  constructor(path: string, message: string, place: { line?: number; column?: number } = {}) {
    super(message)
    this.name = 'FolderFault'
    this.path = path
    this.place = place
  }
}

/**
 * Reads below one folder and never leaves it: symbolic links are refused, in the last step by the open
 * itself and before it by a look at each folder on the way; files are bounded in size and valid UTF-8.
 */
export class LabFolder {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  /** Names in a folder, sorted; none when it is not there. Throws FolderFault. */
  async list(path = ''): Promise<string[]> {
    if (!(await this.isFolder(path))) return []
    const names = await readdir(join(this.#root, path)).catch((error: NodeJS.ErrnoException) => {
      // It may go while it is read.
      if (error.code === 'ENOENT') return []
      throw new FolderFault(path, `cannot be read (${error.code})`)
    })
    if (names.length > MAX_ENTRIES) throw new FolderFault(path, `holds more than ${MAX_ENTRIES} entries`)
    return names.sort()
  }

  /** A file's text, or undefined when it is not there. Throws FolderFault. */
  async read(path: string): Promise<string | undefined> {
    const parent = path.split('/').slice(0, -1).join('/')
    if (!(await this.isFolder(parent))) return undefined
    let file: Awaited<ReturnType<typeof open>>
    try {
      file = await open(
        join(this.#root, path),
        constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      )
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOENT') return undefined
      if (code === 'ELOOP') throw new FolderFault(path, 'is a symbolic link')
      throw new FolderFault(path, `cannot be opened (${code})`)
    }
    try {
      if (!(await file.stat()).isFile()) throw new FolderFault(path, 'is not a plain file')
      // One byte more than allowed: a file that grows meanwhile is caught too.
      const buffer = Buffer.alloc(MAX_FILE_BYTES + 1)
      let filled = 0
      for (;;) {
        const { bytesRead } = await file.read(buffer, filled, buffer.length - filled)
        filled += bytesRead
        if (filled > MAX_FILE_BYTES) throw new FolderFault(path, `is larger than ${MAX_FILE_BYTES} bytes`)
        if (bytesRead === 0) break
      }
      const bytes = buffer.subarray(0, filled)
      if (!isUtf8(bytes)) throw new FolderFault(path, 'is not valid UTF-8', firstFault(bytes))
      return new TextDecoder('utf-8').decode(bytes)
    } finally {
      await file.close()
    }
  }

  /** Whether it is a plain file of this folder, by its name alone. */
  async isFile(name: string): Promise<boolean> {
    return (await lstat(join(this.#root, name)).catch(() => undefined))?.isFile() ?? false
  }

  /** Whether it is there, itself and each step to it a real folder. Throws FolderFault when it is something else. */
  async isFolder(path: string): Promise<boolean> {
    const steps = path === '' ? [] : path.split('/')
    for (let depth = 0; depth <= steps.length; depth++) {
      const at = steps.slice(0, depth).join('/')
      if (at.split('/').includes('..')) throw new FolderFault(at, 'leaves the folder')
      const stat = await lstat(join(this.#root, at)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw new FolderFault(at, `cannot be read (${error.code})`)
      })
      if (!stat) return false
      if (stat.isSymbolicLink()) throw new FolderFault(at, 'is a symbolic link')
      if (!stat.isDirectory()) throw new FolderFault(at, 'is not a folder')
    }
    return true
  }
}

/** Where bytes first are no UTF-8: line and column, in bytes, from 1. */
function firstFault(bytes: Buffer): { line: number; column: number } {
  // What cannot be decoded comes out as another character; what can be comes out as it went in.
  const again = Buffer.from(bytes.toString('utf8'))
  const at = bytes.findIndex((byte, index) => byte !== again[index])
  const before = bytes.subarray(0, at)
  return { line: before.filter((byte) => byte === 10).length + 1, column: at - before.lastIndexOf(10) }
}
