import { createHash } from 'node:crypto'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/** A file below a folder: its path from there, with `/`. */
export interface FolderFile {
  path: string
  kind: 'file' | 'link'
}

/** All files below a folder, sorted by path; folders themselves do not count. `skip` leaves out a name at any depth. */
export async function listFiles(
  folder: string,
  skip: ReadonlySet<string> = new Set(),
): Promise<FolderFile[]> {
  const found: FolderFile[] = []
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      if (skip.has(entry.name)) continue
      const path = below ? `${below}/${entry.name}` : entry.name
      if (entry.isDirectory()) await walk(path)
      else if (entry.isSymbolicLink()) found.push({ path, kind: 'link' })
      else if (entry.isFile()) found.push({ path, kind: 'file' })
    }
  }
  await walk('')
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Hash of a folder's paths, contents, links and executable bits, as hex; times and owners do not count. */
export async function hashFolder(folder: string, skip?: ReadonlySet<string>): Promise<string> {
  const hash = createHash('sha256')
  for (const { path, kind } of await listFiles(folder, skip)) {
    const full = join(folder, path)
    const content = kind === 'link' ? await readlink(full, { encoding: 'buffer' }) : await readFile(full)
    const executable = kind === 'file' && ((await lstat(full)).mode & 0o111) !== 0
    hash.update(JSON.stringify([path, kind, executable, content.length]))
    hash.update(content)
  }
  return hash.digest('hex')
}

/** Twelve hex digits that name anything JSON can write. */
export function shortHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12)
}
