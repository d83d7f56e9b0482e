import { z } from 'zod'
import type { Check } from './check.ts'
import { concernsContainer } from './journal-rows.ts'
import { notYet, passed } from './outcome.ts'
import { findTruth, type TruthSource, truthSource } from './truth.ts'
import type { Truth } from './truth-kinds.ts'

const params = z.strictObject({
  field: z.string().min(1).max(100).describe('Name of the answer field'),
  expected: truthSource.describe('Where the right answer comes from'),
})
type Params = z.infer<typeof params>

interface Gathered {
  given: { value: string; tries: number } | null
  /** Null while nothing was answered: there is nothing to compare with. */
  truth: Truth | null
}

export const answer: Check<Params, Gathered> = {
  name: 'answer',
  about: "The student's answer agrees with what the engine shows.",
  example: {
    says: 'The field `first` holds the first process of `shop`.',
    with: { field: 'first', expected: { kind: 'pid1', container: 'shop' } },
  },
  params,
  codes: {
    'answer-missing': 'Nothing was answered yet.',
    'answer-wrong': 'The answer is not right.',
    'object-missing': 'The container that the question is about is not there.',
    'container-not-running': 'The container that the question is about does not run.',
    'not-measured': 'What the question is about has not happened yet.',
  },

  async gather(context, { field, expected }) {
    const given = context.answers.get(field)
    if (!given?.value.trim()) return { given: null, truth: null }
    return { given: { value: given.value, tries: given.tries }, truth: await findTruth(context, expected) }
  },

  judge({ given, truth }, { field, expected }) {
    const source = `answer ${field}`
    if (!given || !truth) {
      return notYet('answer-missing', `The question \`${field}\` has no answer yet.`, [
        { expected: describeSource(expected), observed: 'no answer', source },
      ])
    }
    // What is right is not shown while the answer is wrong.
    const evidence = [{ expected: describeSource(expected), observed: given.value, source }]
    if (truth.kind === 'none') return notYet(truth.code, truth.message, evidence)
    const right =
      truth.kind === 'number'
        ? isNumber(given.value, truth)
        : truth.kind === 'set'
          ? isSet(given.value, truth.words)
          : truth.words.some((each) => plain(each) === plain(given.value))
    if (!right) return notYet('answer-wrong', `The answer to \`${field}\` is not right yet.`, evidence)
    return passed(`The answer to \`${field}\` is right.`, [
      { ...evidence[0], source: `${source}; ${truth.source}` } as (typeof evidence)[0],
    ])
  },

  affectedBy(event, { expected }) {
    if ('container' in expected) return concernsContainer(event, expected.container)
    if (expected.kind === 'which') return expected.among.some((name) => concernsContainer(event, name))
    if (expected.kind === 'volume-file')
      return event.type === 'container' && event.by !== 'check' && ['start', 'die'].includes(event.action)
    if (expected.kind === 'layer-size' || expected.kind === 'output') return event.type === 'image'
    return expected.kind === 'field' && event.type === expected.object
  },
}

/** What is asked for, without the answer. */
function describeSource(from: TruthSource): string {
  if (from.kind === 'cause-of-death') return `how ${from.container} ended`
  if (from.kind === 'which') return `one of ${from.among.join(', ')}`
  if (from.kind === 'ip') return `the address of ${from.container} on ${from.network}`
  if (from.kind === 'pid1') return `the first process of ${from.container}`
  if (from.kind === 'stop-seconds') return `the seconds that the last stop of ${from.container} took`
  if (from.kind === 'field') return `${from.path} of ${from.ref}`
  if (from.kind === 'started') return `whether the program of ${from.container} ever started`
  if (from.kind === 'pid') return `the process id of ${from.container}`
  if (from.kind === 'namespaces') return `namespaces of ${from.container}`
  if (from.kind === 'listener') return `the address that port ${from.port} of ${from.container} is bound to`
  if (from.kind === 'log') return `a value in the log of ${from.container}`
  if (from.kind === 'volume-file') return `a value in a volume`
  if (from.kind === 'layer-size') return `the bytes of a line that made ${from.image}`
  if (from.kind === 'output') return `what a container of ${from.image} writes`
  if (from.kind === 'context-size') return `the megabytes that ${from.folder} sends to a build`
  return 'the right answer'
}

/** Case, quotes and the width of spaces do not matter. */
function plain(text: string): string {
  return text.normalize('NFC').replace(/["'`]/gu, '').replace(/\s+/gu, ' ').trim().toLowerCase()
}

/** The same words in any order, with commas or spaces between them. */
function isSet(text: string, words: readonly string[]): boolean {
  const given = new Set(
    plain(text)
      .split(/[\s,;]+/u)
      .filter((each) => each && each !== 'and'),
  )
  return given.size === words.length && words.every((each) => given.has(plain(each)))
}

/** A number with or without a unit behind it: `10`, `10.4 s`, `10,4`. */
function isNumber(text: string, truth: { value: number; tolerance: number }): boolean {
  const digits = /^\s*(-?\d+(?:[.,]\d+)?)\s*[a-z]*\s*$/iu.exec(text)?.[1]
  return digits !== undefined && Math.abs(Number(digits.replace(',', '.')) - truth.value) <= truth.tolerance
}
