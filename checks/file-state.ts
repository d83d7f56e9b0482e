import { z } from 'zod'
import type { Check, CheckContext } from './check.ts'
import { describeRange } from './comparison.ts'
import type { SandboxFile } from './files.ts'
import { concernsContainer } from './journal-rows.ts'
import { noContainer, notYet, passed } from './outcome.ts'
import { containerName, pattern, sandboxPath, toPattern } from './params.ts'
import type { Evidence, Outcome } from './verdict.ts'

const params = z
  .strictObject({
    container: containerName
      .optional()
      .describe('The container whose file it is; the sandbox itself without'),
    path: sandboxPath.describe('The file, as the container sees it; links to it are not followed'),
    absent: z.boolean().default(false).describe('True when nothing must be there'),
    kind: z.enum(['file', 'folder', 'symlink']).default('file').describe('What it must be'),
    matches: pattern.optional().describe('A line that must be there; comments after # do not count'),
    lacks: pattern.optional().describe('A line that must not be there; comments after # do not count'),
    mode: z
      .string()
      .regex(/^0?[0-7]{3,4}$/, 'must be octal digits in quotes, such as "0640"')
      .optional()
      .describe('Its permission bits, as octal digits in quotes'),
    uid: z.int().min(0).optional().describe('The number of the user that owns it'),
    gid: z.int().min(0).optional().describe('The number of the group that owns it'),
    min_size: z.int().min(0).optional().describe('Bytes, at least; of a folder, of all files in it'),
    max_size: z.int().min(0).optional().describe('Bytes, at most; of a folder, of all files in it'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional()
      .describe('Checksum of its content'),
  })
  .refine(
    (given) => !(given.container && given.kind === 'folder'),
    'a folder is only looked at in the sandbox',
  )
type Params = z.infer<typeof params>

/** Above this a file of the sandbox is not read. */
const LIMITS = { maxBytes: 64 * 1024 * 1024, maxFiles: 20_000 }
/** So much text is kept as evidence. */
const MAX_TEXT = 256 * 1024

interface State extends Pick<SandboxFile, 'kind' | 'mode' | 'uid' | 'gid'> {
  size: number
  /** Null of what is no plain file. */
  sha256: string | null
  /** Lines without comments; null when it is no plain file, or larger than 256 kB. */
  lines: string[] | null
}

interface Gathered {
  container: boolean
  /** Null when nothing is there, or too much. */
  state: State | null
  tooLarge: boolean
}

export const fileState: Check<Params, Gathered> = {
  name: 'file_state',
  about:
    'A file of a container or of the sandbox is there, has or lacks a line, has an owner, a mode, a size.',
  example: {
    says: 'No line of /etc/hosts in `api` names `db`.',
    with: { container: 'api', path: '/etc/hosts', lacks: '\\bdb\\b' },
  },
  params,
  codes: {
    'object-missing': 'There is no container of that name.',
    'file-missing': 'There is no such plain file, or it is too large to be looked at.',
    'file-present': 'It is there and must not be.',
    'file-wrong': 'A line is missing, or the content is another.',
    'file-unexpected': 'A line is there that must not be.',
    'mode-wrong': 'It has other permission bits.',
    'owner-wrong': 'It belongs to somebody else.',
    'size-wrong': 'It is larger or smaller.',
  },

  async gather(context, { container, path }) {
    if (container === undefined) return { container: true, ...(await inSandbox(context, path)) }
    const found = await context.engine.container(container)
    if (!found) return { container: false, state: null, tooLarge: false }
    const file = await context.engine.file(found.Id, path)
    if (file === 'too-large') return { container: true, state: null, tooLarge: true }
    return { container: true, state: file ? await stateOf(file, file.data.length) : null, tooLarge: false }
  },

  judge({ container, state, tooLarge }, given) {
    if (!container) return noContainer(given.container ?? '')
    const where = given.container === undefined ? given.path : `${given.path} in \`${given.container}\``
    const source = given.container === undefined ? given.path : `container ${given.container} · ${given.path}`
    const one = (expected: string, observed: string): Evidence => ({ expected, observed, source })
    if (given.absent) {
      const evidence = [one('nothing there', tooLarge ? 'a lot' : (state?.kind ?? 'nothing there'))]
      return state || tooLarge
        ? notYet('file-present', `${where} is still there.`, evidence)
        : passed(`${where} is not there.`, evidence)
    }
    if (state?.kind !== given.kind) {
      const observed = tooLarge ? 'too large to be looked at' : (state?.kind ?? 'none')
      const what = given.kind === 'file' ? 'plain file' : given.kind
      return notYet('file-missing', `There is no ${what} ${where}.`, [
        one(`a ${what} ${given.path}`, observed),
      ])
    }
    return (
      judgeLines(state, given, where, one) ??
      judgeBits(state, given, where, one) ??
      passed(`${where} is as it should be.`, evidenceOf(state, given, one))
    )
  },

  asks: ({ container, path }) => ({ container, path }),

  /** A program in the container or a shell in the sandbox writes files without any event. */
  affectedBy(event, { container }) {
    return container !== undefined && concernsContainer(event, container)
  },
}

async function inSandbox(context: CheckContext, path: string): Promise<Omit<Gathered, 'container'>> {
  const copied = await context.files(path, LIMITS)
  if (copied.found !== 'files') return { state: null, tooLarge: copied.found === 'too-much' }
  const top = copied.files.find((file) => file.path === '')
  const size = copied.files.reduce((sum, file) => sum + file.data.length, 0)
  return { state: top ? await stateOf(top, size) : null, tooLarge: false }
}

async function stateOf({ kind, mode, uid, gid, data }: SandboxFile, size: number): Promise<State> {
  const text = kind === 'file' && data.length <= MAX_TEXT ? data.toString('utf8') : undefined
  const lines = text
    ?.split('\n')
    .map((line) => line.replace(/#.*$/u, '').trimEnd())
    .filter(Boolean)
  const sha256 = kind === 'file' ? await sha256Of(data) : null
  return { kind, mode, uid, gid, size, sha256, lines: lines ?? null }
}

async function sha256Of(data: Buffer): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(data))).toString('hex')
}

type One = (expected: string, observed: string) => Evidence

function judgeLines(state: State, given: Params, where: string, one: One): Outcome | undefined {
  const { matches, lacks } = given
  if (matches === undefined && lacks === undefined) return
  if (!state.lines) {
    const evidence = [one('at most 256 kB of text', `${state.size} bytes`)]
    return notYet('file-missing', `${where} is too large to be read.`, evidence)
  }
  const culprit = lacks === undefined ? undefined : state.lines.find((line) => toPattern(lacks).test(line))
  if (culprit !== undefined) {
    return notYet('file-unexpected', `${where} says: ${culprit}`, [one(`no line like ${lacks}`, culprit)])
  }
  if (matches !== undefined && !state.lines.some((line) => toPattern(matches).test(line))) {
    const evidence = [one(`a line like ${matches}`, `${state.lines.length} lines, none like it`)]
    return notYet('file-wrong', `${where} lacks a line.`, evidence)
  }
}

function judgeBits(state: State, given: Params, where: string, one: One): Outcome | undefined {
  if (given.sha256 !== undefined && state.sha256 !== given.sha256) {
    const evidence = [one(`sha256 ${given.sha256}`, `sha256 ${state.sha256 ?? 'none'}`)]
    return notYet('file-wrong', `The content of ${where} is another.`, evidence)
  }
  if (given.mode !== undefined && state.mode !== Number.parseInt(given.mode, 8)) {
    const evidence = [one(`mode ${given.mode}`, `mode ${octal(state.mode)}`)]
    return notYet(
      'mode-wrong',
      `${where} has the mode ${octal(state.mode)}; expected ${given.mode}.`,
      evidence,
    )
  }
  for (const key of ['uid', 'gid'] as const) {
    if (given[key] === undefined || state[key] === given[key]) continue
    const evidence = [one(`${key} ${given[key]}`, `${key} ${state[key]}`)]
    return notYet(
      'owner-wrong',
      `${where} belongs to ${key} ${state[key]}; expected ${given[key]}.`,
      evidence,
    )
  }
  const [least, most] = [given.min_size ?? 0, given.max_size ?? Number.POSITIVE_INFINITY]
  if (state.size < least || state.size > most) {
    const evidence = [one(`${sizes(given)} bytes`, `${state.size} bytes`)]
    return notYet('size-wrong', `${where} has ${state.size} bytes; expected ${sizes(given)}.`, evidence)
  }
}

function evidenceOf(state: State, given: Params, one: One): Evidence[] {
  const { matches, lacks } = given
  const evidence: Evidence[] = []
  if (matches !== undefined) {
    const witness = state.lines?.find((line) => toPattern(matches).test(line))
    evidence.push(one(`a line like ${matches}`, witness ?? 'none'))
  }
  if (lacks !== undefined)
    evidence.push(one(`no line like ${lacks}`, `${state.lines?.length} lines, none like it`))
  if (given.sha256 !== undefined) evidence.push(one(`sha256 ${given.sha256}`, `sha256 ${state.sha256}`))
  if (given.mode !== undefined) evidence.push(one(`mode ${given.mode}`, `mode ${octal(state.mode)}`))
  if (given.uid !== undefined) evidence.push(one(`uid ${given.uid}`, `uid ${state.uid}`))
  if (given.gid !== undefined) evidence.push(one(`gid ${given.gid}`, `gid ${state.gid}`))
  if (given.min_size !== undefined || given.max_size !== undefined)
    evidence.push(one(`${sizes(given)} bytes`, `${state.size} bytes`))
  return evidence.length > 0 ? evidence : [one(`a ${given.kind}`, `a ${state.kind}`)]
}

const octal = (mode: number) => mode.toString(8).padStart(4, '0')
const sizes = ({ min_size: min, max_size: max }: Params) => describeRange({ min, max })
