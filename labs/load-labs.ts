import { join } from 'node:path'
import type { Check } from '../checks/check.ts'
import { LabInvalid } from './lab-invalid.ts'
import { LabReader } from './lab-reader.ts'
import { imageFile, kebab, type Lab, tracks } from './lab-schema.ts'
import { readYaml } from './lab-yaml.ts'
import { loadLab } from './load-lab.ts'

export interface LabLibrary {
  /** In the catalogue's order. */
  labs: Lab[]
  /** Labs that cannot be used; the others still can. */
  invalid: LabInvalid[]
}

/**
 * Reads every lab of a labs folder: each folder in it but `images`, named as a slug.
 * Throws LabInvalid only for what they all stand on: the folder itself and the images.
 */
export async function loadLabs(labsDir: string, checks: ReadonlyMap<string, Check>): Promise<LabLibrary> {
  const images = await loadImageNames(join(labsDir, 'images'))
  const root = new LabReader(labsDir, 'labs')
  const slugs: string[] = []
  for (const entry of await root.list())
    if (entry !== 'images' && kebab.safeParse(entry).success && (await root.isFolder(entry)))
      slugs.push(entry)
  if (root.problems.length > 0) throw new LabInvalid('labs', root.problems)

  const labs: Lab[] = []
  const invalid: LabInvalid[] = []
  for (const slug of slugs) {
    try {
      labs.push(withNeeds(await loadLab(join(labsDir, slug), { checks, images }), slugs))
    } catch (error) {
      if (!(error instanceof LabInvalid)) throw error
      invalid.push(error)
    }
  }
  labs.sort((a, b) => tracks.indexOf(a.track) - tracks.indexOf(b.track) || a.order - b.order)
  return { labs, invalid }
}

function withNeeds(lab: Lab, slugs: string[]): Lab {
  const missing = lab.needs.filter((need) => !slugs.includes(need))
  if (missing.length === 0) return lab
  const problems = missing.map((need) => ({
    file: `${lab.slug}/lab.yaml`,
    field: 'needs',
    message: `there is no lab ${need}`,
  }))
  throw new LabInvalid(lab.slug, problems)
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
