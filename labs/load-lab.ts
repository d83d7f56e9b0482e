import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { Check } from '../checks/check.ts'
import { didYouMean } from '../checks/nearest.ts'
import { registryOf } from '../checks/registry.ts'
import { checkTasks } from './check-tasks.ts'
import { LabInvalid } from './lab-invalid.ts'
import { LabReader } from './lab-reader.ts'
import {
  kebab,
  type Lab,
  type LabFile,
  type LabTask,
  labFile,
  type Solution,
  type TaskFile,
} from './lab-schema.ts'
import { readYaml, type YamlFile } from './lab-yaml.ts'
import { loadOwnChecks } from './own-checks.ts'
import { readSolution, type TaskCodes } from './solution-file.ts'

export interface LoadDeps {
  /** The registry that `use:` names. */
  checks: ReadonlyMap<string, Check>
  /** What each lab image is, by its name. */
  images: ReadonlyMap<string, string>
}

const entries = new Set([
  'lab.yaml',
  'brief.md',
  'afterword.md',
  'checks.ts',
  'setup.sh',
  'resume.sh',
  'tasks',
  'solutions',
  'verify',
])

/** Reads the lab in `folder`, whose name is its slug. Throws LabInvalid with all that is wrong. */
export async function loadLab(folder: string, deps: LoadDeps): Promise<Lab> {
  return (await readLab(folder, deps)).lab
}

/** The same, with the way to name a place in its lab.yaml. */
export async function readLab(
  folder: string,
  deps: LoadDeps,
): Promise<{ lab: Lab; file: YamlFile<LabFile> }> {
  const slug = basename(folder)
  const reader = new LabReader(folder, slug)
  const { problems } = reader
  if (!kebab.safeParse(slug).success)
    reader.say('', 'a lab folder is named in lowercase words joined by hyphens')
  for (const entry of await reader.list())
    if (!entries.has(entry)) reader.say(entry, `is not a file of a lab${didYouMean(entry, entries)}`)

  const text = await reader.required('lab.yaml')
  const brief = (await reader.required('brief.md')) ?? ''
  const afterword = (await reader.required('afterword.md')) ?? ''
  const setup = await reader.optionalScript('setup.sh')
  const resume = await reader.optionalScript('resume.sh')
  const ownText = await reader.optional('checks.ts')
  const checks = ownText === undefined ? deps.checks : await withOwn(ownText, deps.checks, reader)
  if (text === undefined) throw new LabInvalid(slug, problems)
  const yaml = readYaml(text, labFile, reader.named('lab.yaml'))
  if (!yaml.ok) throw new LabInvalid(slug, [...problems, ...yaml.problems])

  const { value, problem } = yaml.file
  const checked = checkTasks(yaml.file, checks ?? deps.checks, checks === undefined)
  problems.push(...checked.problems)
  const images = value.images.map((name, index) => {
    const about = deps.images.get(name)
    if (about === undefined)
      problems.push(
        problem(['images', index], `there is no lab image ${name}${didYouMean(name, deps.images.keys())}`),
      )
    return { name, about: about ?? '' }
  })
  const tasks = await readTasks(reader, value.tasks)
  const solutions = await readSolutions(reader, checked.codes)
  if (problems.length > 0) throw new LabInvalid(slug, problems)

  const scripts = [setup, resume, ...tasks.map(({ verifyScript }) => verifyScript)].map((each) => each ?? '')
  const own = ownText === undefined ? [] : [ownText]
  const contentHash = hashOf(
    slug,
    text,
    brief,
    afterword,
    ...scripts,
    ...tasks.map(({ body }) => body),
    ...own,
  )
  const texts = { slug, brief, afterword, setup, resume, contentHash }
  return {
    lab: { ...value, ...texts, images, tasks, solutions, checks: checks ?? deps.checks },
    file: yaml.file,
  }
}

/** The registry with the lab's own checks; undefined when those cannot be loaded, which is said. */
async function withOwn(
  text: string,
  core: ReadonlyMap<string, Check>,
  reader: LabReader,
): Promise<ReadonlyMap<string, Check> | undefined> {
  const own = await loadOwnChecks(text)
  if (own.ok) return registryOf([...core.values(), ...own.checks])
  reader.say('checks.ts', own.message, own.line === undefined ? {} : { line: own.line })
  return undefined
}

async function readTasks(reader: LabReader, tasks: TaskFile[]): Promise<LabTask[]> {
  const known = new Set(tasks.map(({ id }) => `${id}.md`))
  for (const entry of await reader.list('tasks'))
    if (!known.has(entry))
      reader.say(`tasks/${entry}`, `belongs to no task of lab.yaml${didYouMean(entry, known)}`)
  const scripts = new Set(tasks.flatMap(({ verify }) => verify?.['clean-room'].script ?? []))
  for (const entry of await reader.list('verify'))
    if (!scripts.has(entry))
      reader.say(`verify/${entry}`, `belongs to no task of lab.yaml${didYouMean(entry, scripts)}`)
  const read: LabTask[] = []
  for (const task of tasks) {
    const script = task.verify?.['clean-room'].script
    const verifyScript = script === undefined ? undefined : await reader.required(`verify/${script}`)
    read.push({ ...task, body: (await reader.required(`tasks/${task.id}.md`)) ?? '', verifyScript })
  }
  return read
}

async function readSolutions(reader: LabReader, codes: TaskCodes): Promise<Solution[]> {
  for (const entry of await reader.list('solutions'))
    if (entry !== 'good' && entry !== 'bad') reader.say(`solutions/${entry}`, 'solutions are in good and bad')
  const solutions: Solution[] = []
  for (const kind of ['good', 'bad'] as const) {
    for (const entry of await reader.list(`solutions/${kind}`)) {
      const path = `solutions/${kind}/${entry}`
      const name = entry.replace(/\.sh$/, '')
      if (name === entry || !kebab.safeParse(name).success) {
        reader.say(path, 'a solution is named like exit-code.sh')
        continue
      }
      const script = await reader.required(path)
      if (script === undefined) continue
      const read = readSolution(kind, name, script, codes, reader.named(path))
      if (read.ok) solutions.push(read.solution)
      else reader.problems.push(...read.problems)
    }
  }
  if (!solutions.some(({ kind }) => kind === 'good'))
    reader.say('solutions/good', 'a lab needs a good solution')
  return solutions
}

/** Lengths stand before texts, so that no text can slide into its neighbour. */
function hashOf(...texts: string[]): string {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}\n`).update(text)
  return hash.digest('hex')
}
