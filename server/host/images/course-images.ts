import { basename, resolve } from 'node:path'
import { LabReader } from '../../../labs/lab-reader.ts'
import { imageFile, kebab } from '../../../labs/lab-schema.ts'
import { readYaml } from '../../../labs/lab-yaml.ts'
import { shortHash } from './content-hash.ts'
import { fromFault } from './from-lines.ts'
import { argName, BASE, type ImageSource, inBuildOrder, labImage, standsOn } from './image-plan.ts'

/** An image of a course that cannot be had. */
export interface ImageFault {
  /** What a student would call it. */
  name: string
  /** Why, in lines. */
  message: string
  /** The file that is wrong, from the course's own folder on, and its line; undefined for a build that failed. */
  file?: string
  line?: number
}
type Place = Pick<ImageFault, 'message' | 'file' | 'line'>

/**
 * The images of course folders, each after those it stands on: the base, the lab images of Drydock's own labs folder (`core`),
 * and those of its own course. What is wrong with one is told and keeps nothing else from being built. An image without a
 * valid name of its own is left out: the labs that ask for it are told by the catalogue that there is none.
 */
export async function planCourses(
  core: readonly ImageSource[],
  courses: readonly string[],
): Promise<{ sources: ImageSource[]; faults: ImageFault[] }> {
  const sources: ImageSource[] = []
  const faults: ImageFault[] = []
  const taken = new Set(core.map(({ studentName }) => studentName))
  const below: Record<string, string> = { BASE }
  const called = new Map<string, string>()
  for (const { name, studentName } of core) {
    if (studentName === undefined) continue
    const arg = argName(name.slice(labImage('').length))
    below[arg] = name
    called.set(studentName, arg)
  }
  for (const course of courses) {
    const found = (await readCourse(course, below, called)).filter(({ source: { studentName = '' } }) => {
      const free = !taken.has(studentName)
      taken.add(studentName)
      return free
    })
    const usable = found.filter(({ fault }) => fault === undefined)
    for (const { source, fault } of found)
      if (fault !== undefined) faults.push({ name: source.studentName ?? '', ...fault })
    try {
      sources.push(...inBuildOrder(usable.map(({ source }) => source)))
    } catch (error) {
      for (const { source } of usable)
        faults.push({
          name: source.studentName ?? '',
          message: (error as Error).message,
          file: `${basename(course)}/images/${basename(source.folder)}/Dockerfile`,
        })
    }
  }
  return { sources, faults }
}

/**
 * The images of one course that have a name. `below`: what its Dockerfiles may stand on, by build argument; `called`: those
 * arguments by what a student calls the image.
 */
async function readCourse(
  course: string,
  below: Readonly<Record<string, string>>,
  called: ReadonlyMap<string, string>,
) {
  const reader = new LabReader(course, 'images')
  // Two courses may each have an image folder of one name.
  const prefix = `course-${shortHash(resolve(course))}`
  const folders: string[] = []
  for (const entry of await reader.list('images')) {
    if (kebab.safeParse(entry).success && (await reader.isFolder(`images/${entry}`))) folders.push(entry)
  }
  const names: Record<string, string> = { ...below }
  for (const folder of folders) names[argName(folder)] = `${prefix}-${folder}`

  const found: { source: ImageSource; fault?: Place }[] = []
  for (const folder of folders) {
    const text = await reader.required(`images/${folder}/image.yaml`)
    const yaml = text === undefined ? undefined : readYaml(text, imageFile, folder)
    if (!yaml?.ok) continue
    const { name: studentName, needs } = yaml.file.value
    const dockerfile = await reader.required(`images/${folder}/Dockerfile`)
    const stands = dockerfile === undefined ? {} : standsOn(dockerfile, names)
    const source = {
      name: `${prefix}-${folder}`,
      folder: resolve(course, 'images', folder),
      studentName,
      course: true,
      standsOn: stands,
    }
    const place = (file: string) => ({ file: `${basename(course)}/images/${folder}/${file}` })
    const unused = needs.find((need) => !stands[argName(need)])
    const from = dockerfile === undefined ? undefined : fromFault(dockerfile, names, called)
    const fault =
      dockerfile === undefined
        ? { ...place('Dockerfile'), message: `there is no Dockerfile in images/${folder} that can be read` }
        : unused !== undefined
          ? {
              ...place('image.yaml'),
              message: `needs ${unused}, but the Dockerfile has no ARG of that name, or there is no such image`,
            }
          : from && { ...place('Dockerfile'), ...from }
    found.push({ source, ...(fault && { fault }) })
  }
  return found
}
