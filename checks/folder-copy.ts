import { z } from 'zod'
import { type CheckContext, CheckFault } from './check.ts'
import { notYet } from './outcome.ts'
import type { OwnFile } from './own-container.ts'
import { objectName, sandboxPath } from './params.ts'
import { goldenImage } from './probe.ts'
import type { Outcome } from './verdict.ts'

export const folder = sandboxPath.describe('A folder of the sandbox; what is done is done to a copy of it')

/** The golden image that holds bash, tar, docker, buildx and compose. */
export const cliImage = objectName
  .default('lab/cli:1')
  .describe('Golden image that holds docker, buildx and compose')

/** A file below a folder; no tab or line end, since the list of edits has one on each line. */
export const fileBelow = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[^/\t\r\n\0][^\t\r\n\0]*$/, 'must be a path below the folder')
  .refine((path) => !path.split('/').includes('..'), 'must not hold ..')

const edit = z
  .strictObject({
    file: fileBelow.describe('Which file or folder, below the folder'),
    content: z.string().max(64_000).optional().describe('Its content from now on'),
    append: z.string().max(64_000).optional().describe('What is written behind its content'),
    mode: z
      .string()
      .regex(/^0?[0-7]{3}$/)
      .optional()
      .describe('Its permission bits from now on, as octal digits in quotes'),
    remove: z.literal(true).optional().describe('It is removed'),
  })
  .refine(
    (given) =>
      [given.content, given.append, given.mode, given.remove].filter((each) => each !== undefined).length ===
      1,
    'takes one of content, append, mode and remove',
  )
export const edits = z.array(edit).max(20).default([]).describe('What is changed in the copy')
type Edit = z.infer<typeof edit>

/** Codes of `judgeCopy`, for the table of a check that uses it. */
export const copyCodes = {
  'folder-missing': 'There is no such folder in the sandbox.',
  'folder-too-large': 'The folder is larger than what is copied.',
}

export type Uncopied = 'missing' | 'too-large'

/** More than any lab's folder, and a tenth of what a sandbox's disk has room for. */
const MAX_COPY = 200 * 1024 * 1024
const MEMORY = 256 * 1024 * 1024
const SOCKET = '/run/docker.sock'
/** A program that lacks these cannot read what only the student may, nor set modes in the copy. */
const CAPABILITIES = ['DAC_OVERRIDE', 'CHOWN', 'FOWNER']

/**
 * Said on each line that the script prints of its own, so that nothing that a build or a file says can stand for it.
 * The copy lies at the same path as the original: what names its own path says the same.
 */
const PREPARE = `
set -u
mark=$1 folder=$2 most=$3
say() { printf '%s %s\\n' "$mark" "$*"; }
[ -d /drydock/source ] || { say copy missing; exit 0; }
mkdir -p "$folder" && cd "$folder" || exit 1
tar -C /drydock/source --one-file-system -cf - . 2>/dev/null | head -c "$most" | tar --no-same-owner -xf - 2>/dev/null
case "\${PIPESTATUS[*]}" in
  '0 0 0' | '1 0 0') ;;
  *) say copy too-large; exit 0 ;;
esac
apply() {
  while IFS=$'\\t' read -r what file how; do
    case $what in
      content) rm -rf -- "$file"; mkdir -p -- "$(dirname -- "$file")"; cat < "/drydock/edits/$how" > "$file" ;;
      append) cat < "/drydock/edits/$how" >> "$file" ;;
      mode) chmod -- "$how" "$file" ;;
      remove) rm -rf -- "$file" ;;
    esac
  done < /drydock/edits/list
}
say copy done
`

/**
 * Runs a script in a container of our own that has a copy of the folder as its directory and the student engine's socket.
 * `apply` makes the edits, `say WORDS` prints a line. Answers with those lines after \`copy\`, or why there is no copy.
 */
export async function inCopy(
  context: CheckContext,
  spec: {
    image: string
    folder: string
    edits: Edit[]
    script: string
    mark: string
    env?: string[]
    files?: OwnFile[]
    engine: boolean
    timeoutMs: number
  },
): Promise<string[] | Uncopied> {
  const { mark, folder } = spec
  const { exitCode, stdout, stderr, refused } = await context.engine.runProbe({
    image: goldenImage(context, spec.image),
    entrypoint: ['/bin/bash', '-c', PREPARE + spec.script],
    cmd: ['bash', mark, folder, String(MAX_COPY)],
    env: ['HOME=/home/student', 'LANG=C.UTF-8', 'BUILDX_CONFIG=/drydock/buildx', ...(spec.env ?? [])],
    mounts: [
      { kind: 'path', path: folder, target: '/drydock/source', readOnly: true },
      ...(spec.engine
        ? [{ kind: 'path' as const, path: SOCKET, target: '/var/run/docker.sock', readOnly: true }]
        : []),
    ],
    files: [...editFiles(spec.edits), ...(spec.files ?? [])],
    memory: MEMORY,
    capDrop: ['ALL'],
    capAdd: CAPABILITIES,
    workingDir: '/',
    timeoutMs: spec.timeoutMs,
  })
  if (refused?.includes('source path does not exist') && refused.includes(folder)) return 'missing'
  if (refused !== null) throw new CheckFault('probe-failed', `A copy could not be made: ${refused}`)
  if (exitCode === null) throw new CheckFault('probe-failed', 'Work on a copy did not end in time.')
  const lines = stdout.split('\n').filter((line) => line.startsWith(`${mark} `))
  const [copied, ...said] = lines.map((line) => line.slice(mark.length + 1))
  if (copied === 'copy missing') return 'missing'
  if (copied === 'copy too-large') return 'too-large'
  if (copied !== 'copy done' || exitCode !== 0)
    throw new CheckFault('probe-failed', `Work on a copy went wrong: ${stderr.slice(0, 300)}`)
  return said
}

/** The verdict when there is no copy. */
export function judgeCopy(why: Uncopied, path: string): Outcome {
  const most = `at most ${MAX_COPY / 1024 / 1024} MiB in it`
  return why === 'missing'
    ? notYet('folder-missing', `There is no folder ${path}.`, [
        { expected: 'a folder', observed: 'none', source: path },
      ])
    : notYet('folder-too-large', `${path} is too large to be copied.`, [
        { expected: most, observed: 'more', source: path },
      ])
}

function editFiles(list: readonly Edit[]): OwnFile[] {
  const lines: string[] = []
  const files: OwnFile[] = []
  for (const [i, { file, content, append, mode, remove }] of list.entries()) {
    const text = content ?? append
    if (text !== undefined) files.push({ path: `/drydock/edits/${i}`, content: text })
    const what = remove
      ? 'remove'
      : mode !== undefined
        ? 'mode'
        : content !== undefined
          ? 'content'
          : 'append'
    lines.push(`${what}\t${file}\t${mode ?? i}\n`)
  }
  return [{ path: '/drydock/edits/list', content: lines.join('') }, ...files]
}
