import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { checks } from '../../../checks/registry.ts'
import { kebab, labFile } from '../../../labs/lab-schema.ts'
import { loadLabs } from '../../../labs/load-labs.ts'
import { newLab } from '../../../labs/new-lab.ts'
import { loadConfig } from '../../config.ts'
import type { Command } from '../command.ts'
import { SCHEMA_FILE } from './schema.ts'
import { Misuse } from './usage.ts'

const options = { title: { type: 'string' } } as const

/** `labs new SLUG`: writes a lab that runs, to be changed. Touches nothing that is there. */
export const createLab: Command = async ({ args, print }) => {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const [slug] = positionals
  if (slug === undefined || positionals.length !== 1) throw new Misuse('Name one lab.')
  const named = kebab.safeParse(slug)
  if (!named.success || slug === 'images')
    throw new Misuse(
      `A lab cannot be called ${JSON.stringify(slug)}: it ${named.error?.issues[0]?.message ?? 'is the folder of lab images'}.`,
    )
  const title = labFile.shape.title.safeParse(values.title ?? titleOf(slug))
  if (!title.success) throw new Misuse(`The title ${title.error.issues[0]?.message}.`)

  const { labsDir } = loadConfig()
  const { images } = await loadLabs(labsDir, checks)
  const image = images.has('busybox:1') ? 'busybox:1' : [...images.keys()][0]
  if (image === undefined) throw new Misuse(`There is no lab image in ${join(labsDir, 'images')}.`)
  const folder = join(labsDir, slug)
  const files = newLab({ title: title.data, image, schema: relative(folder, SCHEMA_FILE) })
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new Misuse(`${folder} is there already.`) : error
  })
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text, { flag: 'wx' })
  }
  print(`wrote ${folder}:`)
  for (const path of Object.keys(files)) print(`  ${path}`)
  print('')
  print(`npm run drydock -- labs lint ${slug}    # what can be said without running it`)
  print(`npm run drydock -- labs test ${slug}    # every solution in a fresh sandbox`)
  return 0
}

/** `two-boats` is "Two boats". */
function titleOf(slug: string): string {
  return `${slug.charAt(0).toUpperCase()}${slug.slice(1).replaceAll('-', ' ')}`
}
