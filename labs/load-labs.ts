import { join } from 'node:path'
import type { Check } from '../checks/check.ts'
import { LabInvalid } from './lab-invalid.ts'
import { checkNeeds } from './lab-needs.ts'
import { LabReader } from './lab-reader.ts'
import { imageFile, kebab, type Lab, type LabFile, tracks } from './lab-schema.ts'
import { readYaml, type YamlFile } from './lab-yaml.ts'
import { readLab } from './load-lab.ts'
import { visible } from './visible.ts'

export interface LabLibrary {
  /** In the catalogue's order. */
  labs: Lab[]
  /** Labs that cannot be used; the others still can. */
  invalid: LabInvalid[]
  /** lab.yaml of each lab, by slug, to name places in it. */
  files: ReadonlyMap<string, YamlFile<LabFile>>
  /** What each lab image is, by its name. */
  images: ReadonlyMap<string, string>
}

/**
 * Reads every lab of a labs folder: each folder in it but `images`, named as a slug.
 * Throws LabInvalid only for what they all stand on: the folder itself and the images.
 */
export async function loadLabs(labsDir: string, checks: ReadonlyMap<string, Check>): Promise<LabLibrary> {
  const images = await loadImageNames(join(labsDir, 'images'))
  const root = new LabReader(labsDir, 'labs')
  const slugs: string[] = []
  const invalid: LabInvalid[] = []
  for (const entry of await root.list()) {
    if (entry === 'images' || entry.startsWith('.') || (await root.isFile(entry))) continue
    const one = new LabReader(labsDir, 'labs')
    const named = kebab.safeParse(entry).success
    if (!named && (await one.list(entry)).includes('lab.yaml'))
      one.say(entry, 'a lab folder is named in lowercase words joined by hyphens')
    if (named && (await one.isFolder(entry))) slugs.push(entry)
    else if (one.problems.length > 0) invalid.push(new LabInvalid(visible(entry), one.problems))
  }
  if (root.problems.length > 0) throw new LabInvalid('labs', root.problems)

  const read = new Map<string, Awaited<ReturnType<typeof readLab>>>()
  for (const slug of slugs) {
    try {
      read.set(slug, await readLab(join(labsDir, slug), { checks, images }))
    } catch (error) {
      if (!(error instanceof LabInvalid)) throw error
      invalid.push(error)
    }
  }
  const needy = new Map(
    [...read].map(([slug, { lab, file }]) => [slug, { needs: lab.needs, problem: file.problem }]),
  )
  const faults = checkNeeds(needy, slugs)
  for (const [slug, problems] of faults) invalid.push(new LabInvalid(slug, problems))
  invalid.sort((a, b) => a.slug.localeCompare(b.slug))
  const labs = [...read.values()].map(({ lab }) => lab).filter(({ slug }) => !faults.has(slug))
  labs.sort((a, b) => tracks.indexOf(a.track) - tracks.indexOf(b.track) || a.order - b.order)
  const files = new Map([...read].map(([slug, { file }]) => [slug, file]))
  return { labs, invalid, files, images }
}

/** What each lab image is, by the name that a student uses. Throws LabInvalid. */
async function loadImageNames(imagesDir: string): Promise<Map<string, string>> {
  const reader = new LabReader(imagesDir, 'images')
  const names = new Map<string, string>()
  for (const entry of await reader.list()) {
    const text = await reader.required(`${entry}/image.yaml`)
    if (text === undefined) continue
    const yaml = readYaml(text, imageFile, reader.named(`${entry}/image.yaml`))
    if (!yaml.ok) reader.problems.push(...yaml.problems)
    else if (names.has(yaml.file.value.name)) reader.say(`${entry}/image.yaml`, 'another image has this name')
    else names.set(yaml.file.value.name, yaml.file.value.about)
  }
  if (reader.problems.length > 0) throw new LabInvalid('images', reader.problems)
  return names
}
