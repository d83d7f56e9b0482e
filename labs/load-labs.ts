import { basename, join } from 'node:path'
import type { Check } from '../checks/check.ts'
import { LabInvalid } from './lab-invalid.ts'
import { checkNeeds } from './lab-needs.ts'
import type { LabProblem } from './lab-problem.ts'
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

/** A labs folder as problems name it: the first by `labs`, courses by their own folder's name. */
interface Root {
  dir: string
  name: string
}

/**
 * Reads every lab of the labs folder, and of the course folders after it: each folder in them but `images`, named as a slug.
 * A lab may use the images of the labs folder and those of its own course. What is wrong in one course hides nothing of another.
 * Throws LabInvalid only for what all stand on: the labs folder itself and its images.
 */
export async function loadLabs(
  labsDir: string,
  checks: ReadonlyMap<string, Check>,
  courses: readonly string[] = [],
): Promise<LabLibrary> {
  const own: Root = { dir: labsDir, name: 'labs' }
  const images = await readImageNames('images', join(labsDir, 'images'))
  if (images.problems.length > 0) throw new LabInvalid('images', images.problems)
  const invalid: LabInvalid[] = []
  const read = new Map<string, Awaited<ReturnType<typeof readLab>>>()
  const slugs: string[] = []
  const all = new Map(images.names)

  const readRoot = async (root: Root, known: ReadonlyMap<string, string>) => {
    const found = await labFolders(root)
    invalid.push(...found.invalid)
    for (const slug of found.slugs) {
      if (slugs.includes(slug)) {
        const file = `${root.name}/${slug}`
        invalid.push(
          new LabInvalid(`${root.name}/${slug}`, [
            { file, message: 'there is a lab of this name in a folder before' },
          ]),
        )
        continue
      }
      slugs.push(slug)
      try {
        read.set(slug, await readLab(join(root.dir, slug), { checks, images: known }))
      } catch (error) {
        if (!(error instanceof LabInvalid)) throw error
        invalid.push(error)
      }
    }
    return found.problems
  }
  const problems = await readRoot(own, images.names)
  if (problems.length > 0) throw new LabInvalid('labs', problems)
  for (const dir of courses) {
    const course: Root = { dir, name: basename(dir) }
    const root = new LabReader(dir, course.name)
    if (!(await root.isFolder(''))) {
      if (root.problems.length === 0) root.say('', 'is not there')
      invalid.push(new LabInvalid(visible(course.name), root.problems, 'course'))
      continue
    }
    const more = await readImageNames(`${course.name}/images`, join(dir, 'images'), all)
    for (const [name, about] of more.names) all.set(name, about)
    const wrong = [...more.problems, ...(await readRoot(course, new Map([...images.names, ...more.names])))]
    if (wrong.length > 0) invalid.push(new LabInvalid(visible(course.name), wrong, 'course'))
  }

  const needy = new Map(
    [...read].map(([slug, { lab, file }]) => [slug, { needs: lab.needs, problem: file.problem }]),
  )
  const faults = checkNeeds(needy, slugs)
  for (const [slug, found] of faults) invalid.push(new LabInvalid(slug, found))
  invalid.sort((a, b) => a.slug.localeCompare(b.slug))
  const labs = [...read.values()].map(({ lab }) => lab).filter(({ slug }) => !faults.has(slug))
  labs.sort((a, b) => tracks.indexOf(a.track) - tracks.indexOf(b.track) || a.order - b.order)
  const files = new Map([...read].map(([slug, { file }]) => [slug, file]))
  return { labs, invalid, files, images: all }
}

/** The folders that are labs by their name, those that should be, and what keeps the folder itself from being read. */
async function labFolders({ dir, name }: Root) {
  const root = new LabReader(dir, name)
  const slugs: string[] = []
  const invalid: LabInvalid[] = []
  for (const entry of await root.list()) {
    if (entry === 'images' || entry.startsWith('.') || (await root.isFile(entry))) continue
    const one = new LabReader(dir, name)
    const named = kebab.safeParse(entry).success
    if (!named && (await one.list(entry)).includes('lab.yaml'))
      one.say(entry, 'a lab folder is named in lowercase words joined by hyphens')
    if (named && (await one.isFolder(entry))) slugs.push(entry)
    else if (one.problems.length > 0) invalid.push(new LabInvalid(visible(entry), one.problems))
  }
  return { slugs, invalid, problems: root.problems }
}

/** What each lab image is, by the name that a student uses, and what is wrong with the others. `taken` are names of other folders. */
async function readImageNames(
  name: string,
  imagesDir: string,
  taken: ReadonlyMap<string, string> = new Map(),
): Promise<{ names: Map<string, string>; problems: LabProblem[] }> {
  const reader = new LabReader(imagesDir, name)
  const names = new Map<string, string>()
  for (const entry of await reader.list()) {
    const text = await reader.required(`${entry}/image.yaml`)
    if (text === undefined) continue
    const yaml = readYaml(text, imageFile, reader.named(`${entry}/image.yaml`))
    if (!yaml.ok) reader.problems.push(...yaml.problems)
    else if (names.has(yaml.file.value.name) || taken.has(yaml.file.value.name))
      reader.say(`${entry}/image.yaml`, 'another image has this name')
    else names.set(yaml.file.value.name, yaml.file.value.about)
  }
  return { names, problems: reader.problems }
}
