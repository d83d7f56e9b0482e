import { z } from 'zod'
import { type Check, type CheckContext, CheckFault } from './check.ts'
import { describeRange } from './comparison.ts'
import type { ImageObject } from './engine-view.ts'
import { notYet, passed } from './outcome.ts'
import { objectName, pattern, toPattern } from './params.ts'
import type { Evidence, Outcome } from './verdict.ts'

const range = z
  .strictObject({ min: z.int().min(0).optional(), max: z.int().min(0).optional() })
  .refine((given) => given.min !== undefined || given.max !== undefined, 'needs min or max')

const params = z
  .strictObject({
    image: objectName.describe('The image, with its tag'),
    base: objectName.optional().describe('The golden image that it must be built on'),
    size: range.optional().describe('Its size in bytes, with its base'),
    growth: range.optional().describe('Its size in bytes above that of `base`'),
    layers: range.optional().describe('How many layers it has; with `base`, above those of the base'),
    shares: z
      .strictObject({ with: objectName.describe('Another image'), layers: range })
      .optional()
      .describe('How many layers, from the lowest up, are also those of another image'),
    history_matches: pattern
      .optional()
      .describe('Some line of its history is like this; with `base`, of those above the base'),
    history_lacks: pattern.optional().describe('No line of its history is like this; with `base`, the same'),
  })
  .refine((given) => Object.keys(given).some((key) => key !== 'image'), 'asks nothing of the image')
  .refine((given) => given.growth === undefined || given.base !== undefined, 'growth needs base')
type Params = z.infer<typeof params>

/** What is known of an image. History lines, newest first, as the engine tells them. */
interface Facts {
  layers: string[]
  size: number
  history: string[]
}

interface Gathered {
  image: Facts | null
  base: Facts | null
  other: string[] | null
}

export const imageLayers: Check<Params, Gathered> = {
  name: 'image_layers',
  about: 'An image is built on another, as large, of as many layers and made by such lines as wanted.',
  example: {
    says: '`shop:2` is built on the base that the lab gives.',
    with: { image: 'shop:2', base: 'lab/slow:1' },
  },
  params,
  codes: {
    'object-missing': 'There is no such image.',
    'base-lost': 'It is not built on the base.',
    'image-too-big': 'It is larger than allowed.',
    'image-too-small': 'It is smaller than it can be.',
    'layers-wrong': 'It has another number of layers.',
    'layers-not-shared': 'It shares fewer layers with the other image.',
    'layers-shared': 'It shares more layers with the other image.',
    'history-missing': 'No line of its history is as wanted.',
    'history-unexpected': 'A line of its history must not be there.',
  },

  async gather(context, { image, base, shares }) {
    const golden = base === undefined ? null : await goldenFacts(context, base)
    const found = await context.engine.image(image)
    const other = shares === undefined ? undefined : await otherImage(context, shares.with)
    return {
      image: found ? await factsOf(context, found) : null,
      base: golden,
      other: other?.RootFS.Layers ?? null,
    }
  },

  judge(gathered, given) {
    const { image } = gathered
    if (image === null) return missing(given.image)
    if (given.shares && !gathered.other) return missing(given.shares.with)
    const evidence: Evidence[] = []
    for (const judgePart of [judgeBase, judgeSize, judgeCount, judgeShared, judgeHistory]) {
      const part = judgePart(image, gathered, given)
      if (part && 'status' in part) return part
      evidence.push(...(part ?? []))
    }
    return passed(
      given.base === undefined
        ? `\`${given.image}\` is made as it should be.`
        : `\`${given.image}\` is built on \`${given.base}\`.`,
      evidence,
    )
  },

  asks: ({ image, base, shares }) => ({ image, base, with: shares?.with }),

  affectedBy(event) {
    return event.type === 'image'
  },
}

async function factsOf({ engine }: CheckContext, { Id, RootFS, Size }: ImageObject): Promise<Facts> {
  const history = await engine.imageHistory(Id)
  if (!history) throw new CheckFault('engine-answer', 'An image vanished while it was looked at.')
  return { layers: RootFS.Layers ?? [], size: Size, history: history.map((line) => line.createdBy) }
}

async function goldenFacts(context: CheckContext, name: string): Promise<Facts> {
  const id = context.images.get(name)
  const golden = id === undefined ? undefined : await context.engine.image(id)
  if (!golden?.RootFS.Layers?.length)
    throw new CheckFault('fixture-missing', `The image ${name} of this lab is gone from the engine.`)
  return factsOf(context, golden)
}

/** A golden image by its id, since its tag can be moved; else one of the student's. */
function otherImage({ engine, images }: CheckContext, name: string) {
  return engine.image(images.get(name) ?? name)
}

function missing(name: string): Outcome {
  return notYet('object-missing', `There is no image \`${name}\`.`, [
    { expected: `an image ${name}`, observed: 'none', source: `image ${name}` },
  ])
}

/** One thing that is asked of the image: its evidence, or the verdict when it is not so. */
type Part = (image: Facts, gathered: Gathered, given: Params) => Outcome | Evidence[] | undefined

const judgeBase: Part = (image, { base }, given) => {
  if (!base) return
  const shared = sharedLayers(image.layers, base.layers)
  const evidence = [
    {
      expected: `the ${base.layers.length} layers of ${given.base}, then its own`,
      observed: `${image.layers.length} layers, ${shared} of them the base's`,
      source: `image ${given.image} · RootFS.Layers`,
    },
  ]
  if (base.layers.length > 0 && shared === base.layers.length) return evidence
  return notYet('base-lost', `\`${given.image}\` is not built on \`${given.base}\`.`, evidence)
}

const judgeSize: Part = (image, { base }, given) => {
  const asked = [
    { wanted: given.size, bytes: image.size, of: `\`${given.image}\``, above: '' },
    {
      wanted: given.growth,
      bytes: image.size - (base?.size ?? 0),
      of: `\`${given.image}\``,
      above: ` above ${given.base}`,
    },
  ]
  const evidence: Evidence[] = []
  for (const { wanted, bytes, of, above } of asked) {
    if (!wanted) continue
    const each = {
      expected: `${bytesRange(wanted)}${above}`,
      observed: `${megabytes(bytes)}${above}`,
      source: `image ${given.image} · Size`,
    }
    const words = `${of} has ${megabytes(bytes)}${above}`
    if (wanted.max !== undefined && bytes > wanted.max)
      return notYet('image-too-big', `${words}; allowed are ${megabytes(wanted.max)}.`, [each])
    if (wanted.min !== undefined && bytes < wanted.min)
      return notYet('image-too-small', `${words}; it needs at least ${megabytes(wanted.min)}.`, [each])
    evidence.push(each)
  }
  return evidence
}

const judgeCount: Part = (image, { base }, given) => {
  if (!given.layers) return
  const count = image.layers.length - (base?.layers.length ?? 0)
  const what = base ? `layers above ${given.base}` : 'layers'
  const evidence = [
    {
      expected: `${describeRange(given.layers)} ${what}`,
      observed: `${count} ${what}`,
      source: `image ${given.image} · RootFS.Layers`,
    },
  ]
  if (isWithin(count, given.layers)) return evidence
  return notYet(
    'layers-wrong',
    `\`${given.image}\` has ${count} ${what}; expected ${describeRange(given.layers)}.`,
    evidence,
  )
}

const judgeShared: Part = (image, { other }, given) => {
  if (!given.shares || !other) return
  const { with: name, layers: wanted } = given.shares
  const count = sharedLayers(image.layers, other)
  const evidence = [
    {
      expected: `${describeRange(wanted)} layers in common with ${name}`,
      observed: `${count} in common`,
      source: `images ${given.image}, ${name} · RootFS.Layers`,
    },
  ]
  if (isWithin(count, wanted)) return evidence
  const code = wanted.min !== undefined && count < wanted.min ? 'layers-not-shared' : 'layers-shared'
  return notYet(
    code,
    `\`${given.image}\` has its lowest ${count} layers in common with \`${name}\`.`,
    evidence,
  )
}

const judgeHistory: Part = (image, { base }, given) => {
  const own = image.history.slice(0, image.history.length - (base?.history.length ?? 0))
  const source = `docker history ${given.image}`
  const { history_matches: matches, history_lacks: lacks } = given
  const culprit = lacks === undefined ? undefined : own.find((line) => toPattern(lacks).test(line))
  if (culprit !== undefined) {
    const evidence = [{ expected: `no line like ${lacks}`, observed: culprit, source }]
    return notYet(
      'history-unexpected',
      `A line that made \`${given.image}\` is: ${culprit.slice(0, 200)}`,
      evidence,
    )
  }
  const evidence =
    lacks === undefined
      ? []
      : [{ expected: `no line like ${lacks}`, observed: `${own.length} lines, none like it`, source }]
  if (matches === undefined) return evidence
  const witness = own.find((line) => toPattern(matches).test(line))
  const each = {
    expected: `a line like ${matches}`,
    observed: witness ?? `${own.length} lines, none like it`,
    source,
  }
  if (witness === undefined)
    return notYet('history-missing', `No line that made \`${given.image}\` is like ${matches}.`, [each])
  return [...evidence, each]
}

/** How many layers two images have in common, from the lowest up. */
export function sharedLayers(a: readonly string[], b: readonly string[]): number {
  const apart = a.findIndex((layer, i) => layer !== b[i])
  return apart < 0 ? a.length : apart
}

function isWithin(count: number, { min, max }: { min?: number; max?: number }): boolean {
  return count >= (min ?? 0) && count <= (max ?? Infinity)
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e6 ? 3 : 1)} MB`

function bytesRange({ min, max }: { min?: number; max?: number }): string {
  if (min !== undefined && max !== undefined) return `${megabytes(min)} to ${megabytes(max)}`
  return min !== undefined ? `at least ${megabytes(min)}` : `at most ${megabytes(max ?? 0)}`
}
