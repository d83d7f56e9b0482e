import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Command } from './command.ts'

const folder = resolve(import.meta.dirname, '../../bench')

/** Runs the benchmark of that name: bench/NAME.ts, whose default export is a command. */
export const bench: Command = async (context) => {
  const [name = '', ...args] = context.args
  const file = join(folder, `${name}.ts`)
  if (!/^[a-z][a-z0-9-]*$/.test(name) || !isBench(file)) {
    const known = readdirSync(folder).filter((entry) => isBench(join(folder, entry)))
    context.print(
      `usage: npm run bench -- NAME [--json], with NAME one of: ${known.map((entry) => entry.slice(0, -3)).join(', ')}`,
    )
    return 2
  }
  const { default: run } = (await import(pathToFileURL(file).href)) as { default: Command }
  return await run({ ...context, args })
}

/** A benchmark has a default export; what it stands on has none. */
function isBench(file: string): boolean {
  try {
    return file.endsWith('.ts') && /^export default /m.test(readFileSync(file, 'utf8'))
  } catch {
    return false
  }
}
