import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { checks } from '../../../checks/registry.ts'
import { kebab, labFile } from '../../../labs/lab-schema.ts'
import { loadLabs } from '../../../labs/load-labs.ts'
import { newLab } from '../../../labs/new-lab.ts'
import { type Config, loadConfig } from '../../config.ts'
import type { Command } from '../command.ts'
import { SCHEMA_FILE } from './schema.ts'
import { Misuse } from './usage.ts'

const options = { title: { type: 'string' }, into: { type: 'string' } } as const

/** `labs new SLUG`: writes a lab that runs, to be changed. Touches nothing that is there. A course folder need not be there yet. */
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

  const config = loadConfig()
  const { labsDir, labsDirs } = config
  const into = folderFor(config, values.into)
  const { images, labs, invalid } = await loadLabs(labsDir, checks, labsDirs)
  const taken = [...labs, ...invalid.filter(({ of }) => of === 'lab')]
  if (taken.some((each) => each.slug === slug)) throw new Misuse(`A lab ${slug} is there already.`)
  const image = images.has('busybox:1') ? 'busybox:1' : [...images.keys()][0]
  if (image === undefined) throw new Misuse(`There is no lab image in ${join(labsDir, 'images')}.`)
  const folder = join(into, slug)
  const files = newLab({ title: title.data, image, schema: relative(folder, SCHEMA_FILE) })
  await mkdir(into, { recursive: true })
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
  const known = [labsDir, ...labsDirs].some((dir) => resolve(dir) === into)
  if (!known) print(`export DRYDOCK_LABS_DIRS=${[...labsDirs, into].join(':')}    # so that Drydock finds it`)
  print(`npm run drydock -- labs lint ${slug}    # what can be said without running it`)
  print(`npm run drydock -- labs test ${slug}    # every solution in a fresh sandbox`)
  return 0
}

/** Where the lab belongs: the folder named, the only course folder, or Drydock's own labs folder. */
function folderFor({ labsDir, labsDirs }: Config, named: string | undefined): string {
  if (named !== undefined && !isAbsolute(named)) throw new Misuse('Name the folder by its absolute path.')
  if (named === undefined && labsDirs.length > 1)
    throw new Misuse(`Name the course folder by --into: one of ${labsDirs.join(', ')}, or ${labsDir}`)
  return resolve(named ?? labsDirs[0] ?? labsDir)
}

/** `two-boats` is "Two boats". */
function titleOf(slug: string): string {
  return `${slug.charAt(0).toUpperCase()}${slug.slice(1).replaceAll('-', ' ')}`
}
