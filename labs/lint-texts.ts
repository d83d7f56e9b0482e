import { didYouMean } from '../checks/nearest.ts'
import { commandsIn, type Line } from './commands-in.ts'
import type { Written } from './issue-words.ts'
import type { Finding } from './lab-problem.ts'
import type { Lab } from './lab-schema.ts'

interface Text {
  file: string
  text: string
  /** Where a text that is part of lab.yaml stands there. */
  path?: readonly PropertyKey[]
}

/** The commands of `docker` that a lab may speak of; plugins of ours are build and compose. */
const dockerCommands =
  `attach build buildx builder commit compose container context cp create diff events exec export help history image
images import info inspect kill load login logout logs manifest network node pause plugin port ps pull push rename restart rm rmi run
save search secret service stack start stats stop swarm system tag top trust unpause update version volume wait`.split(
    /\s+/u,
  )

/** Mistakes in what students read and in scripts, as far as they are certain: names of images, commands, answer fields, fences. */
export function lintTexts(lab: Lab, file: Written, images: ReadonlyMap<string, string>): Finding[] {
  const found: Finding[] = []
  const say = ({ file: name, path }: Text, line: number, column: number, message: string) =>
    void found.push({
      level: 'warning',
      ...(path ? file.problem(path, message) : { file: name, line, column, message }),
    })
  const listed = new Set(lab.images.map(({ name }) => name))
  const fields = new Set(lab.tasks.flatMap(({ answers }) => answers.map(({ name }) => name)))
  for (const text of textsOf(lab)) {
    for (const { name, line, column } of imagesIn(text.text, images)) {
      if (!images.has(name))
        say(text, line, column, `there is no lab image ${name}${didYouMean(name, images.keys())}`)
      else if (!listed.has(name))
        say(text, line, column, `names ${name}, which is not among the images of lab.yaml`)
    }
    const { commands, unclosed } = commandsIn(text.text, text.file.endsWith('.sh') ? 'script' : 'markdown')
    if (unclosed) say(text, unclosed.line, unclosed.column, 'this fence is not closed')
    for (const command of commands)
      lintCommand(command, fields, (message) => say(text, command.line, command.column, message))
  }
  return found
}

function lintCommand({ words }: Line, fields: ReadonlySet<string>, say: (message: string) => void): void {
  const [program, first = '', second] = words
  if (program === 'docker' && /^[a-z]+$/u.test(first) && !dockerCommands.includes(first)) {
    const near = didYouMean(first, dockerCommands)
    if (near) say(`docker has no command ${first}${near}`)
  }
  if (program === 'answer' && second !== undefined && /^[a-z0-9-]+$/u.test(first) && !fields.has(first))
    say(`there is no answer field ${first}${didYouMean(first, fields)}`)
}

function textsOf(lab: Lab): Text[] {
  const { slug } = lab
  const scripts: [string, string | undefined][] = [
    ['setup.sh', lab.setup],
    ['resume.sh', lab.resume],
    ...lab.solutions.map(({ kind, name, script }): [string, string] => [
      `solutions/${kind}/${name}.sh`,
      script,
    ]),
  ]
  const texts: [string, string | undefined][] = [
    ['brief.md', lab.brief],
    ['afterword.md', lab.afterword],
    ...lab.tasks.map(({ id, body }): [string, string] => [`tasks/${id}.md`, body]),
    ...scripts,
  ]
  const hints = lab.tasks.flatMap(({ hints: given }, task) => {
    const path = ['tasks', task, 'hints']
    const ladders = Array.isArray(given) ? [['', given] as const] : Object.entries(given)
    return ladders.flatMap(([code, ladder]) =>
      ladder.map((text, step) => ({
        file: `${slug}/lab.yaml`,
        text,
        path: [...path, ...(code ? [code] : []), step],
      })),
    )
  })
  return [...texts.flatMap(([name, text]) => (text ? [{ file: `${slug}/${name}`, text }] : [])), ...hints]
}

/** Every word that is a lab image, or one with another tag: nobody but us could have put it into a sandbox. */
function* imagesIn(
  text: string,
  images: ReadonlyMap<string, string>,
): Iterable<{ name: string; line: number; column: number }> {
  const repositories = new Set([...images.keys()].map((name) => name.split(':')[0]))
  for (const [index, line] of text.split('\n').entries()) {
    // A build that makes such a tag is allowed to name it.
    if (/(?:-t|--tag|docker tag)\b/u.test(line)) continue
    for (const match of line.matchAll(
      /(?<![\w./:-])([a-z0-9]+(?:[/-][a-z0-9]+)*):([a-z0-9][a-z0-9.]*)(?![\w/:-])/gu,
    ))
      if (repositories.has(match[1]))
        yield { name: match[0].replace(/\.$/u, ''), line: index + 1, column: match.index + 1 }
  }
}
