import { z } from 'zod'
import type { Check } from './check.ts'
import { concernsContainer } from './journal-rows.ts'
import { noContainer, notYet, passed } from './outcome.ts'
import { containerName, pattern, toPattern } from './params.ts'

const params = z.strictObject({
  container: containerName,
  path: z
    .string()
    .max(500)
    .regex(/^\/[^\0]*$/, 'must be an absolute path')
    .describe('The file, as the container sees it'),
  matches: pattern.optional().describe('A line that must be there; comments after # do not count'),
  lacks: pattern.optional().describe('A line that must not be there; comments after # do not count'),
})
type Params = z.infer<typeof params>

interface Gathered {
  container: boolean
  /** Lines without comments; null when there is no such plain file. */
  lines: string[] | null
}

export const fileState: Check<Params, Gathered> = {
  name: 'file_state',
  about: 'A file in a container is there and has, or lacks, a line.',
  params,
  codes: {
    'object-missing': 'There is no container of that name.',
    'file-missing': 'There is no such plain file, or it is larger than 256 kB.',
    'file-wrong': 'A line is missing.',
    'file-unexpected': 'A line is there that must not be.',
  },

  async gather({ engine }, { container, path }) {
    const found = await engine.container(container)
    if (!found) return { container: false, lines: null }
    const text = await engine.readFile(found.Id, path)
    if (text === undefined) return { container: true, lines: null }
    return {
      container: true,
      lines: text
        .split('\n')
        .map((line) => line.replace(/#.*$/u, '').trimEnd())
        .filter(Boolean),
    }
  },

  judge(gathered, given) {
    const { container, path, matches, lacks } = given
    if (!gathered.container) return noContainer(container)
    const source = `container ${container} · ${path}`
    if (!gathered.lines) {
      return notYet('file-missing', `\`${container}\` has no plain file ${path}.`, [
        { expected: path, observed: 'none', source },
      ])
    }
    const culprit =
      lacks === undefined ? undefined : gathered.lines.find((line) => toPattern(lacks).test(line))
    if (culprit !== undefined) {
      const evidence = [{ expected: `no line like ${lacks}`, observed: culprit, source }]
      return notYet('file-unexpected', `${path} in \`${container}\` says: ${culprit}`, evidence)
    }
    const witness =
      matches === undefined ? undefined : gathered.lines.find((line) => toPattern(matches).test(line))
    const expected = matches === undefined ? `no line like ${lacks ?? 'any'}` : `a line like ${matches}`
    const evidence = [
      { expected, observed: witness ?? `${gathered.lines.length} lines, none like it`, source },
    ]
    if (matches !== undefined && witness === undefined) {
      return notYet('file-wrong', `${path} in \`${container}\` lacks a line.`, evidence)
    }
    return passed(`${path} in \`${container}\` is as it should be.`, evidence)
  },

  asks: ({ container, path }) => ({ container, path }),

  /** A program in the container writes files without any event. */
  affectedBy(event, { container }) {
    return concernsContainer(event, container)
  },
}
