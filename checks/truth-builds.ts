import { z } from 'zod'
import type { CheckContext } from './check.ts'
import { programArgs } from './command.ts'
import { sentContext } from './context-probe.ts'
import { cliImage, edits, fileBelow, folder } from './folder-copy.ts'
import { objectName, pattern, toPattern } from './params.ts'
import type { Truth } from './truth-kinds.ts'

/** Right answers that are looked up in images and builds. */
export const buildSources = [
  z.strictObject({
    kind: z.literal('layer-size').describe('Bytes that a line of the history of an image added'),
    image: objectName.describe('The image, with its tag'),
    line: pattern.describe('Which line: the newest that this regular expression finds'),
    tolerance: z.number().min(0).default(0).describe('How far off still counts as right'),
  }),
  z.strictObject({
    kind: z
      .literal('output')
      .describe('What a container of an image writes: its standard output, without spaces around it'),
    image: objectName.describe('The image, with its tag'),
    args: programArgs.optional().describe('What follows the image in `docker run IMAGE ...`'),
  }),
  z.strictObject({
    kind: z.literal('context-size').describe('Megabytes (10^6 bytes) that a folder sends to a build'),
    folder,
    dockerfile: fileBelow.default('Dockerfile'),
    edits,
    image: cliImage,
    tolerance: z.number().min(0).default(0.5).describe('How far off still counts as right'),
  }),
] as const
export type BuildSource = z.infer<(typeof buildSources)[number]>

export async function findBuildTruth(context: CheckContext, from: BuildSource): Promise<Truth> {
  if (from.kind === 'layer-size') return layerTruth(context, from)
  if (from.kind === 'output') return outputTruth(context, from)
  return contextTruth(context, from)
}

async function layerTruth(
  { engine, images }: CheckContext,
  { image, line, tolerance }: Extract<BuildSource, { kind: 'layer-size' }>,
): Promise<Truth> {
  const found = await engine.image(images.get(image) ?? image)
  const history = found && (await engine.imageHistory(found.Id))
  if (!history) return noImage(image)
  const made = history.find(({ createdBy }) => toPattern(line).test(createdBy))
  if (made) return { kind: 'number', value: made.size, tolerance, source: `docker history ${image}` }
  return { kind: 'none', code: 'not-measured', message: `No line that made \`${image}\` is like ${line}.` }
}

const RUN_MS = 10_000
const MAX_WORDS = 4096

async function outputTruth(
  { engine, images }: CheckContext,
  { image, args }: Extract<BuildSource, { kind: 'output' }>,
): Promise<Truth> {
  const id = images.get(image) ?? (await engine.image(image))?.Id
  if (id === undefined) return noImage(image)
  const ran = await engine.runProbe({ image: id, entrypoint: null, cmd: args ?? null, timeoutMs: RUN_MS })
  const text = ran.stdout.trim().slice(0, MAX_WORDS)
  if (text) return { kind: 'words', words: [text], source: `run of ${image}` }
  return { kind: 'none', code: 'not-measured', message: `A container of \`${image}\` writes nothing.` }
}

async function contextTruth(
  context: CheckContext,
  from: Extract<BuildSource, { kind: 'context-size' }>,
): Promise<Truth> {
  const { uncopied, said, bytes } = await sentContext(context, from)
  if (uncopied === null && said === null)
    return {
      kind: 'number',
      value: bytes / 1e6,
      tolerance: from.tolerance,
      source: `build of a copy of ${from.folder}`,
    }
  return {
    kind: 'none',
    code: 'not-measured',
    message: `The files of ${from.folder} cannot be sent to a build.`,
  }
}

function noImage(name: string): Truth {
  return { kind: 'none', code: 'object-missing', message: `There is no image \`${name}\`.` }
}
