import { z } from 'zod'
import { type Check, type CheckContext, CheckFault } from './check.ts'
import {
  cliImage,
  copyCodes,
  edits,
  fileBelow,
  folder,
  inCopy,
  judgeCopy,
  type Uncopied,
} from './folder-copy.ts'
import { notYet, passed } from './outcome.ts'
import { pattern, toPattern } from './params.ts'
import type { Evidence } from './verdict.ts'

const params = z.strictObject({
  folder,
  dockerfile: fileBelow
    .default('Dockerfile')
    .describe(
      'The Dockerfile that the folder is meant for: an ignore file of its own comes before .dockerignore',
    ),
  edits,
  present: z
    .array(pattern)
    .max(20)
    .default([])
    .describe('For each, some path that is sent is like it: `^app/main\\.py$`'),
  absent: z.array(pattern).max(20).default([]).describe('No path that is sent is like one of these'),
  min_bytes: z.int().min(0).optional().describe('Bytes of all files that are sent, at least'),
  max_bytes: z.int().min(0).optional().describe('Bytes of all files that are sent, at most'),
  image: cliImage,
})
type Params = z.infer<typeof params>

export interface SentContext {
  uncopied: Uncopied | null
  /** Below the folder, at most so many as fit. */
  paths: string[]
  bytes: number
  count: number
  /** The last lines of a build that failed; null when it did not. */
  said: string[] | null
}

const MAX_PATHS = 1000
const MAX_LISTING = 56_000

/** With an ignore file beside it, as BuildKit looks for one. */
const LIST = `
apply
[ ! -f "$DOCKERFILE.dockerignore" ] || cp -- "$DOCKERFILE.dockerignore" /drydock/probe/Dockerfile.dockerignore
timeout 20 docker buildx build --progress=plain --file=/drydock/probe/Dockerfile --output=type=tar,dest=- . \\
  2> /drydock/log < /dev/null | tar -tvf - > /drydock/listing 2>/dev/null
say built "\${PIPESTATUS[0]}"
say sum "$(awk '{ if ($1 ~ /^-/) sum += $3; if ($1 !~ /^d/) n++ } END { printf "%d %d", sum, n }' /drydock/listing)"
grep -v '^d' /drydock/listing | head -n ${MAX_PATHS} | cut -c1-500 | head -c ${MAX_LISTING} | sed "s/^/$mark sent /"
tail -n 8 /drydock/log | cut -c1-200 | sed "s/^/$mark said /"
`

export const contextProbe: Check<Params, SentContext> = {
  name: 'context_probe',
  about: 'Which files of a folder a build may copy: all that its ignore file does not keep back.',
  example: {
    says: 'A build of the folder cannot copy its git history or its secrets.',
    with: { folder: '/home/student/shop', present: ['^app\\.py$'], absent: ['^\\.git/', '^\\.env$'] },
  },
  params,
  codes: {
    ...copyCodes,
    'build-failed': 'The files of the folder cannot be sent.',
    'context-unfiltered': 'Something is sent that must stay behind.',
    'path-missing': 'Something is not sent that the build needs.',
    'context-too-big': 'More is sent than allowed.',
    'context-too-small': 'Less is sent than there must be.',
  },

  gather: (context, given) => sentContext(context, given),

  judge(sent, given) {
    if (sent.uncopied !== null) return judgeCopy(sent.uncopied, given.folder)
    const source = `build of a copy of ${given.folder} with COPY . /`
    const one = (expected: string, observed: string): Evidence => ({ expected, observed, source })
    if (sent.said) {
      const last = sent.said.findLast((line) => line.trim() !== '') ?? 'nothing said'
      return notYet('build-failed', `The files of ${given.folder} cannot be sent.`, [
        one('a build that ends well', last),
      ])
    }
    const evidence: Evidence[] = []
    for (const wanted of given.absent) {
      const culprit = sent.paths.find((path) => toPattern(wanted).test(path))
      if (culprit !== undefined)
        return notYet('context-unfiltered', `\`${culprit}\` of ${given.folder} is sent to the engine.`, [
          one(`nothing like ${wanted}`, culprit),
        ])
      evidence.push(one(`nothing like ${wanted}`, `${sent.count} files, none like it`))
    }
    if (given.absent.length > 0 && sent.paths.length < sent.count)
      return notYet('context-unfiltered', `${sent.count} files of ${given.folder} are sent to the engine.`, [
        one(`at most ${MAX_PATHS} files`, `${sent.count} files`),
      ])
    for (const wanted of given.present) {
      const witness = sent.paths.find((path) => toPattern(wanted).test(path))
      if (witness === undefined)
        return notYet('path-missing', `Nothing like ${wanted} of ${given.folder} is sent to the engine.`, [
          one(`a file like ${wanted}`, `${sent.count} files, none like it`),
        ])
      evidence.push(one(`a file like ${wanted}`, witness))
    }
    const size = one(bytesWanted(given), `${sent.bytes} bytes`)
    if (given.max_bytes !== undefined && sent.bytes > given.max_bytes)
      return notYet(
        'context-too-big',
        `${sent.bytes} bytes of ${given.folder} are sent to the engine; allowed are ${given.max_bytes}.`,
        [size],
      )
    if (given.min_bytes !== undefined && sent.bytes < given.min_bytes)
      return notYet(
        'context-too-small',
        `Only ${sent.bytes} bytes of ${given.folder} are sent to the engine.`,
        [size],
      )
    return passed(`What ${given.folder} sends to the engine is as it should be.`, [...evidence, size])
  },

  asks: ({ folder, dockerfile, edits, image }) => ({ folder, dockerfile, edits, image }),

  /** Files are edited without any event; a build with a tag is the moment to look again. */
  affectedBy(event) {
    return event.type === 'image' && event.action === 'tag'
  },
}

function bytesWanted({ min_bytes: min, max_bytes: max }: Params): string {
  if (min === undefined && max === undefined) return 'any size'
  if (min !== undefined && max !== undefined) return `${min} to ${max} bytes`
  return min !== undefined ? `at least ${min} bytes` : `at most ${max} bytes`
}

/** What a build of the folder may copy. Nothing is left in the engine but cache. */
export async function sentContext(
  context: CheckContext,
  given: Pick<Params, 'folder' | 'dockerfile' | 'edits' | 'image'>,
): Promise<SentContext> {
  const nothing = { uncopied: null, paths: [], bytes: 0, count: 0, said: null }
  const mark = `drydock-check-${crypto.randomUUID()}`
  const lines = await inCopy(context, {
    ...given,
    script: LIST,
    env: [`DOCKERFILE=${given.dockerfile}`],
    mark,
    engine: true,
    files: [{ path: '/drydock/probe/Dockerfile', content: 'FROM scratch\nCOPY . /\n' }],
    timeoutMs: 40_000,
  })
  if (!Array.isArray(lines)) return { ...nothing, uncopied: lines }
  const valuesOf = (key: string) =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1))
  const [built] = valuesOf('built')
  const sum = /^(\d{1,15}) (\d{1,9})$/.exec(valuesOf('sum')[0] ?? '')
  if (built === undefined || !sum)
    throw new CheckFault('probe-failed', 'A build of a copy did not say how it ended.')
  if (built !== '0') return { ...nothing, said: valuesOf('said') }
  const paths = valuesOf('sent').map(pathOf)
  return { ...nothing, bytes: Number(sum[1]), count: Number(sum[2]), paths }
}

/** Of `-rw-r--r-- 0/0 13 2026-11-26 00:05 app/main.py`; what a link points to is not part of it. */
function pathOf(line: string): string {
  const path = /^\S+ +\S+ +\S+ +\S+ +\S+ (.*)$/u.exec(line)?.[1] ?? line
  return line.startsWith('l') ? path.replace(/ -> .*$/u, '') : path
}
