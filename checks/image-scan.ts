import { z } from 'zod'
import { type Check, type CheckContext, CheckFault } from './check.ts'
import type { ImageScan } from './image-scan-question.ts'
import { notYet, passed } from './outcome.ts'
import { objectName, pattern, sandboxPath } from './params.ts'
import { sessionToken } from './session-token.ts'
import type { Evidence, Outcome } from './verdict.ts'

const needle = z
  .strictObject({
    token: z.literal(true).optional().describe("The session's token, which setup.sh has as DRYDOCK_TOKEN"),
    text: z.string().min(6).max(1000).optional().describe('A fixed text'),
    file: sandboxPath
      .optional()
      .describe('What a file of the sandbox holds now, without the spaces around it'),
  })
  .refine(
    (given) => Object.values(given).filter((each) => each !== undefined).length === 1,
    'takes one of token, text and file',
  )

const params = z
  .strictObject({
    image: objectName.describe('The image, with its tag'),
    secret: needle.optional().describe('What must be nowhere in the image'),
    scope: z
      .array(z.enum(['config', 'history', 'layers']))
      .min(1)
      .max(3)
      .default(['config', 'history', 'layers'])
      .describe('Where the secret is looked for; files that a later layer removes are still in layers'),
    present: z
      .array(pattern)
      .max(20)
      .default([])
      .describe('For each, a container of the image has some path like it: `^/app/main\\.py$`'),
    absent: z
      .array(pattern)
      .max(20)
      .default([])
      .describe('A container of the image has no path like one of these'),
    never: z
      .array(pattern)
      .max(20)
      .default([])
      .describe('No layer has a path like one of these, also none that a later layer removes'),
  })
  .refine(
    (given) =>
      given.secret !== undefined || given.present.length + given.absent.length + given.never.length > 0,
    'asks nothing of the image',
  )
type Params = z.infer<typeof params>

interface Gathered {
  image: boolean
  /** Whether the secret is known: the file that holds it is there. */
  known: boolean
  /** What the secret was found in; it is itself not kept. */
  config: boolean
  /** Lines from the newest, 1. */
  history: number[]
  /** Null when no layer had to be read. */
  scan: ImageScan | null
}

/** A shorter one would be found by chance. */
const MIN_SECRET = 6
const SECRET_LIMITS = { maxBytes: 16 * 1024, maxFiles: 1 }

export const imageScan: Check<Params, Gathered> = {
  name: 'image_scan',
  about:
    'What an image hides: a secret in its configuration, its history or any layer, and paths that are there or not.',
  example: {
    says: "The session's token is nowhere in `clean:1`, and no layer of it holds `node_modules`.",
    with: { image: 'clean:1', secret: { token: true }, never: ['^/app/node_modules/'] },
  },
  params,
  codes: {
    'object-missing': 'There is no such image.',
    'secret-unknown': 'The file that holds the secret is not there, or holds next to nothing.',
    'secret-in-config': "The secret is in the image's configuration.",
    'secret-in-history': "The secret is in a line of the image's history.",
    'secret-in-layer': 'The secret is in a layer.',
    'path-missing': 'A path is not there.',
    'path-unexpected': 'A path is there that must not be.',
    'path-in-layer': 'A path is still in a layer, although no container sees it.',
  },

  async gather(context, given) {
    const nothing = { image: true, known: true, config: false, history: [], scan: null }
    const image = await context.engine.image(context.images.get(given.image) ?? given.image)
    if (!image) return { ...nothing, image: false }
    const secret = given.secret && (await secretOf(context, given.secret))
    if (secret === null) return { ...nothing, known: false }
    const patterns = [...given.present, ...given.absent, ...given.never]
    const inLayers = secret !== undefined && given.scope.includes('layers')
    const scan =
      inLayers || patterns.length > 0
        ? await context.engine.scanImage(image, { ...(inLayers && { needle: secret }), patterns })
        : null
    if (secret === undefined) return { ...nothing, scan }
    const lines = await context.engine.imageHistory(image.Id)
    if (!lines) throw new CheckFault('engine-answer', 'An image vanished while it was looked at.')
    const found = lines.map(
      ({ createdBy, comment }) => createdBy.includes(secret) || comment.includes(secret),
    )
    // Escaped as it is in the text that is searched.
    const config = JSON.stringify(image).includes(JSON.stringify(secret).slice(1, -1))
    return { ...nothing, config, history: found.flatMap((is, i) => (is ? [i + 1] : [])), scan }
  },

  judge(gathered, given) {
    const source = `image ${given.image}`
    if (!gathered.image) {
      return notYet('object-missing', `There is no image \`${given.image}\`.`, [
        { expected: `an image ${given.image}`, observed: 'none', source },
      ])
    }
    if (!gathered.known) {
      const file = given.secret?.file ?? ''
      return notYet('secret-unknown', `${file} does not hold the secret any more.`, [
        { expected: 'the secret', observed: 'no such file, or next to nothing in it', source: file },
      ])
    }
    const secret = given.secret ? judgeSecret(gathered, given) : []
    if ('status' in secret) return secret
    const paths = judgePaths(gathered, given)
    if ('status' in paths) return paths
    return passed(`\`${given.image}\` holds what it should, and nothing else.`, [...secret, ...paths])
  },

  asks: ({ scope, ...asked }) => ({ ...asked, layers: scope.includes('layers') }),

  affectedBy(event) {
    return event.type === 'image'
  },
}

/** Null when it is in a file that is not as it was. */
async function secretOf(
  context: CheckContext,
  { token, text, file }: NonNullable<Params['secret']>,
): Promise<string | null> {
  if (token) return sessionToken(context.seed)
  if (file === undefined) return text ?? null
  const copied = await context.files(file, SECRET_LIMITS)
  const [only] = copied.found === 'files' ? copied.files : []
  const secret = only?.kind === 'file' ? only.data.toString('utf8').trim() : ''
  return secret.length >= MIN_SECRET ? secret : null
}

function judgeSecret({ config, history, scan }: Gathered, given: Params): Outcome | Evidence[] {
  const what = `\`${given.image}\``
  const one = (observed: string, part: string): Evidence => ({
    expected: 'no secret',
    observed,
    source: `image ${given.image} · ${part}`,
  })
  const evidence: Evidence[] = []
  if (given.scope.includes('config')) {
    if (config)
      return notYet('secret-in-config', `The configuration of ${what} holds the secret.`, [
        one('the secret', 'configuration'),
      ])
    evidence.push(one('no secret', 'configuration'))
  }
  if (given.scope.includes('history')) {
    const line = history[0]
    if (line !== undefined)
      return notYet('secret-in-history', `\`docker history\` of ${what} shows the secret in line ${line}.`, [
        one(`the secret, in line ${line} from the top`, 'history'),
      ])
    evidence.push(one('no secret', 'history'))
  }
  if (given.scope.includes('layers')) {
    const found = scan?.withNeedle[0]
    if (!scan || found) {
      const gone = found?.visible ? '' : ', which a later layer hides'
      const where = `${found?.path} of layer ${(found?.layer ?? 0) + 1} of ${scan?.layers}`
      return notYet('secret-in-layer', `The secret is in ${what}: in ${found?.path}${gone}.`, [
        one(`the secret, in ${where}`, 'layers'),
      ])
    }
    evidence.push(one(`no secret in ${scan.layers} layers`, 'layers'))
  }
  return evidence
}

function judgePaths({ scan }: Gathered, given: Params): Outcome | Evidence[] {
  const what = `\`${given.image}\``
  const evidence: Evidence[] = []
  const filesOf = (index: number) => scan?.matching[index] ?? []
  const one = (expected: string, observed: string): Evidence => ({
    expected,
    observed,
    source: `image ${given.image} · layers`,
  })
  for (const [i, wanted] of given.present.entries()) {
    const file = filesOf(i).find(({ visible }) => visible)
    const each = one(`a path like ${wanted}`, file?.path ?? 'none')
    if (!file) return notYet('path-missing', `A container of ${what} has no path like ${wanted}.`, [each])
    evidence.push(each)
  }
  for (const [i, wanted] of given.absent.entries()) {
    const file = filesOf(given.present.length + i).find(({ visible }) => visible)
    const each = one(`no path like ${wanted}`, file?.path ?? 'none')
    if (file) return notYet('path-unexpected', `A container of ${what} has ${file.path}.`, [each])
    evidence.push(each)
  }
  for (const [i, wanted] of given.never.entries()) {
    const file = filesOf(given.present.length + given.absent.length + i)[0]
    const each = one(
      `no path like ${wanted} in any layer`,
      file ? `${file.path} in layer ${file.layer + 1}` : 'none',
    )
    if (file?.visible) return notYet('path-unexpected', `A container of ${what} has ${file.path}.`, [each])
    if (file)
      return notYet(
        'path-in-layer',
        `${file.path} is hidden in ${what}, but layer ${file.layer + 1} still holds it.`,
        [each],
      )
    evidence.push(each)
  }
  return evidence
}
