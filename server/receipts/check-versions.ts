import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const CHECKS_DIR = resolve(import.meta.dirname, '../../checks')

export interface CheckVersions {
  /** SHA-256 over all sources of the check library, tests left out. */
  library: string
  /** SHA-256 of the file of that check; of the whole library for one that has no file of its own. */
  of(name: string): string
}

/** What the checks of this installation are, by their sources: the same sources judge the same evidence alike. */
export async function checkVersions(folder = CHECKS_DIR): Promise<CheckVersions> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile() && /^[a-z0-9-]+\.ts$/.test(entry.name))
    .map(({ name }) => name)
  const files = new Map<string, string>()
  const library = createHash('sha256')
  for (const name of names.sort()) {
    const text = await readFile(join(folder, name))
    files.set(name, createHash('sha256').update(text).digest('hex'))
    library.update(`${name} ${text.length}\n`).update(text)
  }
  const whole = library.digest('hex')
  return { library: whole, of: (name) => files.get(`${name.replaceAll('_', '-')}.ts`) ?? whole }
}
