import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { LabInvalid } from '../../../labs/lab-invalid.ts'
import { imageFile } from '../../../labs/lab-schema.ts'
import { readYaml } from '../../../labs/lab-yaml.ts'
import { DrydockError } from '../../errors.ts'

/** One image to build: a folder whose Dockerfile stands on other images through build arguments. */
export interface ImageSource {
  /** Unique; the image is tagged `drydock/<name>:<hash>`. */
  name: string
  folder: string
  /** Build argument to the name of the image it stands for; only those that the Dockerfile declares. */
  standsOn: Record<string, string>
  /** What the student calls it, for lab images. */
  studentName?: string
  /** Of a course: its fault is the course's own, and keeps nothing else from being built. */
  course?: boolean
}

const guest = resolve(import.meta.dirname, '../../sandbox/guest')
const ownImages = {
  builder: join(guest, 'builder'),
  tools: join(guest, 'tools'),
  sandbox: join(guest, 'image'),
}
/** The base image's name in `standsOn`. */
export const BASE = 'base'

/**
 * All images that Drydock builds, each after those it stands on. Throws `host-not-ready` for a folder
 * without a Dockerfile, `lab-invalid` for a wrong image.yaml or a circle.
 */
export async function planImages(labsDir: string): Promise<ImageSource[]> {
  const labFolders = await foldersIn(join(labsDir, 'images'))
  const names: Record<string, string> = { BASE, BUILDER: 'builder' }
  for (const folder of labFolders) names[argName(folder)] = labImage(folder)
  const own = Object.entries(ownImages).map(([name, folder]) => readSource(name, folder, names))
  const labs = labFolders.map((folder) => readLabSource(folder, join(labsDir, 'images', folder), names))
  const sources = await Promise.all([...own, ...labs])
  const taken = new Set<string>()
  for (const { studentName } of sources) {
    if (studentName === undefined) continue
    if (taken.has(studentName)) {
      throw new LabInvalid('images', [{ file: 'images', message: `two images have the name ${studentName}` }])
    }
    taken.add(studentName)
  }
  return inBuildOrder(sources)
}

/** What a lab image is called among all images. */
export const labImage = (folder: string) => `lab-${folder}`

async function foldersIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

async function readSource(name: string, folder: string, names: Record<string, string>): Promise<ImageSource> {
  const dockerfile = await readFile(join(folder, 'Dockerfile'), 'utf8').catch(() => {
    throw new DrydockError('host-not-ready', `There is no Dockerfile in ${folder}`)
  })
  return { name, folder, standsOn: standsOn(dockerfile, names) }
}

/** The build argument by which a Dockerfile stands on an image of that folder. */
export const argName = (folder: string) => folder.toUpperCase().replaceAll('-', '_')

/** Those of the named images that a Dockerfile declares an argument for. */
export function standsOn(
  dockerfile: string,
  names: Readonly<Record<string, string>>,
): Record<string, string> {
  const declared = [...dockerfile.matchAll(/^ARG\s+(\w+)\s*$/gm)].flatMap(([, arg]) => (arg ? [arg] : []))
  return Object.fromEntries(declared.flatMap((arg) => (names[arg] ? [[arg, names[arg]]] : [])))
}

async function readLabSource(
  folder: string,
  path: string,
  names: Record<string, string>,
): Promise<ImageSource> {
  const file = `images/${folder}/image.yaml`
  const invalid = (message: string) => new LabInvalid('images', [{ file, message }])
  const text = await readFile(join(path, 'image.yaml'), 'utf8').catch(() => {
    throw invalid('is missing')
  })
  const yaml = readYaml(text, imageFile, file)
  if (!yaml.ok) throw new LabInvalid('images', yaml.problems)
  const { name, needs } = yaml.file.value
  const source = await readSource(labImage(folder), path, names)
  const unused = needs.find((need) => !Object.values(source.standsOn).includes(labImage(need)))
  if (unused)
    throw invalid(`needs ${unused}, but the Dockerfile has no ARG of that name, or there is no such image`)
  return { ...source, studentName: name }
}

/** Throws `lab-invalid` for a circle. */
export function inBuildOrder(sources: readonly ImageSource[]): ImageSource[] {
  const ordered: ImageSource[] = []
  const visit = (source: ImageSource, above: readonly string[]): void => {
    if (ordered.includes(source)) return
    if (above.includes(source.name)) {
      throw new DrydockError(
        'lab-invalid',
        `These images stand on each other: ${[...above, source.name].join(' -> ')}`,
      )
    }
    for (const name of Object.values(source.standsOn)) {
      const below = sources.find((other) => other.name === name)
      if (below) visit(below, [...above, source.name])
    }
    ordered.push(source)
  }
  for (const source of sources) visit(source, [])
  return ordered
}
