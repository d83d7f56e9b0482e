import { z } from 'zod'
import { describeRange } from './comparison.ts'
import { notYet, passed } from './outcome.ts'
import { pattern } from './params.ts'
import type { Evidence, Outcome } from './verdict.ts'

const code = z.int().min(0).max(255)

/** What must, and must not, be found in a text; `^` and `$` are beginnings and ends of lines. */
const texts = z.strictObject({
  matches: pattern
    .optional()
    .describe('What this regular expression finds must be there; ^ and $ work by line'),
  lacks: pattern.optional().describe('What this regular expression finds must not be there'),
})

/** How a program must end and what it must say; the same for every check that runs one. */
export const expectation = z.strictObject({
  exit: z
    .union([
      code,
      z.array(code).min(1).max(20),
      z.strictObject({ min: code.default(0), max: code.default(255) }),
    ])
    .default(0)
    .describe('Exit code: one, a list, or a range like { min: 1 }'),
  stdout: texts.optional().describe('Its standard output'),
  stderr: texts.optional().describe('Its standard error'),
  output: texts.optional().describe('Both together, standard output first'),
})
export type Expectation = z.infer<typeof expectation>

/** A program that was run, as gathered. */
export interface Ran {
  /** null when it did not end in time. */
  exitCode: number | null
  stdout: string
  stderr: string
  /** Why it was not started; its exit code is then the one that the docker command would end with. */
  refused: string | null
}

/** Codes of `judgeRan`, for the table of a check that uses it. */
export const ranCodes = {
  'not-started': 'The program could not be started.',
  'not-ended': 'The program did not end in time.',
  'exit-wrong': 'The program ended with another exit code.',
  'output-missing': 'Its output lacks what must be there.',
  'output-unexpected': 'Its output has what must not be there.',
}

const MAX_KEPT = 16 * 1024
const MAX_SHOWN = 200

/** Bounded, for what is stored with the verdict: the beginning, where programs say what they are about. */
export function keep({ exitCode, stdout, stderr, refused }: Ran): Ran {
  return {
    exitCode,
    stdout: stdout.slice(0, MAX_KEPT),
    stderr: stderr.slice(0, MAX_KEPT),
    refused: refused?.slice(0, 1000) ?? null,
  }
}

/** Whether a program ended and spoke as wanted. `what` is the command as the student would write it. */
export function judgeRan(ran: Ran, wanted: Expectation, what: string, source: string): Outcome {
  const exit: Evidence = {
    expected: `exit code ${describeExit(wanted.exit)}`,
    observed: ran.exitCode === null ? 'still running' : `exit code ${ran.exitCode}`,
    source: `${source} · exit code`,
  }
  if (ran.exitCode === null) return notYet('not-ended', `\`${what}\` did not end in time.`, [exit])
  if (!exitFits(ran.exitCode, wanted.exit)) {
    if (ran.refused !== null) {
      const evidence = [{ ...exit, observed: `not started: ${ran.refused}` }]
      return notYet('not-started', `\`${what}\` could not be started: ${ran.refused}`, evidence)
    }
    return notYet(
      'exit-wrong',
      `\`${what}\` ended with exit code ${ran.exitCode}; expected ${describeExit(wanted.exit)}.`,
      [exit, said(ran, source)],
    )
  }
  const checked = [exit]
  for (const stream of ['stdout', 'stderr', 'output'] as const) {
    const { matches, lacks } = wanted[stream] ?? {}
    const text = stream === 'output' ? `${ran.stdout}\n${ran.stderr}` : ran[stream]
    const at = `${source} · ${stream}`
    if (matches !== undefined) {
      const line = lineWith(text, matches)
      const evidence = { expected: `something like ${matches}`, observed: line ?? shorten(text), source: at }
      if (line === undefined)
        return notYet('output-missing', `\`${what}\` wrote nothing like ${matches}.`, [evidence, exit])
      checked.push(evidence)
    }
    if (lacks !== undefined) {
      const line = lineWith(text, lacks)
      const evidence = { expected: `nothing like ${lacks}`, observed: line ?? 'no such line', source: at }
      if (line !== undefined)
        return notYet('output-unexpected', `\`${what}\` wrote: ${line}`, [evidence, exit])
      checked.push(evidence)
    }
  }
  return passed(`\`${what}\` does what it should.`, checked)
}

function exitFits(exitCode: number, wanted: Expectation['exit']): boolean {
  if (typeof wanted === 'number') return exitCode === wanted
  return Array.isArray(wanted) ? wanted.includes(exitCode) : exitCode >= wanted.min && exitCode <= wanted.max
}

function describeExit(wanted: Expectation['exit']): string {
  if (typeof wanted === 'number') return String(wanted)
  return Array.isArray(wanted) ? wanted.join(' or ') : describeRange(wanted)
}

function said(ran: Ran, source: string): Evidence {
  return {
    expected: 'see its output',
    observed: shorten([ran.refused, ran.stderr, ran.stdout].filter(Boolean).join('\n')),
    source: `${source} · output`,
  }
}

/** What the pattern finds, with the rest of its line. */
function lineWith(text: string, expression: string): string | undefined {
  const found = new RegExp(expression, 'mu').exec(text)
  if (!found) return undefined
  const from = text.lastIndexOf('\n', found.index - 1) + 1
  const end = text.indexOf('\n', found.index + found[0].length)
  return (
    text.slice(found.index === 0 ? 0 : from, end < 0 ? undefined : end).slice(0, MAX_SHOWN) || 'an empty line'
  )
}

function shorten(text: string): string {
  const trimmed = text.trim()
  if (trimmed === '') return 'no output'
  return trimmed.length > MAX_SHOWN ? `${trimmed.slice(0, MAX_SHOWN)}…` : trimmed
}
