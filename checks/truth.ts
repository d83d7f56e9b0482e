import { z } from 'zod'
import { causeOfDeath, causes } from './cause-of-death.ts'
import { type CheckContext, CheckFault, type JournalRow } from './check.ts'
import { inspect, objectKind, valueAt } from './inspect.ts'
import { bearersOf, firstBearer, hides, isAbout, livesOf, millisBetween } from './journal-rows.ts'
import { containerName, objectName } from './params.ts'
import { probeImage, readFirstProcess } from './probe.ts'
import { buildSources, findBuildTruth } from './truth-builds.ts'
import type { Truth } from './truth-kinds.ts'
import { findLiveTruth, liveSources } from './truth-live.ts'

const cause = z.enum(causes)
const word = z.string().min(1).max(200)
const tolerated = 'How far off still counts as right'

/** Where the right answer comes from. */
export const truthSource = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('text').describe('A fixed answer; case and spaces do not matter'),
    value: word.optional().describe('The right answer'),
    any: z.array(word).min(1).max(20).optional().describe('Any of these'),
  }),
  z.strictObject({
    kind: z.literal('number').describe('A fixed number'),
    value: z.number().describe('The right answer'),
    tolerance: z.number().min(0).default(0).describe(tolerated),
  }),
  z.strictObject({
    kind: z
      .literal('cause-of-death')
      .describe('How the container ended: oom, killed (by a signal through the engine) or exited'),
    container: containerName,
    as: z.partialRecord(cause, word).optional().describe("The answer's words for the three"),
  }),
  z.strictObject({
    kind: z.literal('which').describe('The one of these containers that ended so'),
    among: z.array(containerName).min(2).max(10).describe('The containers; one of them is the answer'),
    cause: cause.describe('How it ended'),
  }),
  z.strictObject({
    kind: z.literal('ip').describe('The address of a container on a network'),
    container: containerName,
    network: objectName.describe('Name of the network'),
  }),
  z.strictObject({
    kind: z.literal('pid1').describe('The first process: its command line, program or base name'),
    container: containerName,
    image: probeImage,
  }),
  z.strictObject({
    kind: z.literal('stop-seconds').describe('How long the last stop took, from its first signal to the end'),
    container: containerName,
    tolerance: z.number().min(0).default(1).describe(tolerated),
  }),
  z.strictObject({
    kind: z.literal('field').describe('A field of what docker inspect says'),
    object: objectKind.default('container').describe('What to inspect'),
    ref: objectName.describe('Its name'),
    path: word.describe('Where in the inspect answer: State.ExitCode. Students read it beside their answer'),
  }),
  ...liveSources,
  ...buildSources,
])
export type TruthSource = z.infer<typeof truthSource>

/** Finds the right answer out. Throws a CheckFault when the journal cannot tell or the lab's own things are gone. */
export async function findTruth(context: CheckContext, from: TruthSource): Promise<Truth> {
  if (from.kind === 'text')
    return {
      kind: 'words',
      words: [...(from.value ? [from.value] : []), ...(from.any ?? [])],
      source: 'the task',
    }
  if (from.kind === 'number')
    return { kind: 'number', value: from.value, tolerance: from.tolerance, source: 'the task' }
  if (from.kind === 'cause-of-death') return causeTruth(context, from)
  if (from.kind === 'which') return whichTruth(context, from)
  if (from.kind === 'stop-seconds') return stopTruth(context, from)
  if (from.kind === 'field') return fieldTruth(context, from)
  if (from.kind === 'layer-size' || from.kind === 'output' || from.kind === 'context-size')
    return findBuildTruth(context, from)
  if (from.kind !== 'ip' && from.kind !== 'pid1') return findLiveTruth(context, from)
  const container = await context.engine.container(from.container)
  if (!container) return missing('container', from.container)
  if (from.kind === 'pid1')
    return firstProcessTruth(from, await readFirstProcess(context, container, from.image))
  const address = container.NetworkSettings.Networks?.[from.network]?.IPAddress
  const source = `container ${from.container} · NetworkSettings.Networks.${from.network}.IPAddress`
  if (address) return { kind: 'words', words: [address], source }
  return {
    kind: 'none',
    code: 'container-not-running',
    message: `\`${from.container}\` has no address on \`${from.network}\`.`,
  }
}

function firstProcessTruth({ container }: { container: string }, argv: string[] | undefined): Truth {
  if (!argv) {
    const message = `\`${container}\` is not running, so its first process cannot be read. Start it again.`
    return { kind: 'none', code: 'container-not-running', message }
  }
  const program = argv[0] ?? ''
  const words = [...new Set([argv.join(' '), program, program.split('/').at(-1) ?? ''])]
  return { kind: 'words', words, source: `container ${container} · /proc/1/cmdline` }
}

async function causeTruth(
  context: CheckContext,
  from: Extract<TruthSource, { kind: 'cause-of-death' }>,
): Promise<Truth> {
  const found = await causeIn(context, await context.journal(), from.container)
  return {
    kind: 'words',
    words: [from.as?.[found] ?? found],
    source: `event journal · container ${from.container}`,
  }
}

async function whichTruth(
  context: CheckContext,
  from: Extract<TruthSource, { kind: 'which' }>,
): Promise<Truth> {
  const rows = await context.journal()
  const found: string[] = []
  for (const name of from.among) if ((await causeIn(context, rows, name)) === from.cause) found.push(name)
  if (found.length !== 1)
    throw new CheckFault('fixture-missing', `Of ${from.among.join(', ')} not exactly one ended in that way.`)
  return { kind: 'words', words: found, source: `event journal · containers ${from.among.join(', ')}` }
}

/** Judged on the first container of the name, which the setup made: a later namesake changes nothing. */
async function causeIn(context: CheckContext, rows: readonly JournalRow[], name: string) {
  const first = firstBearer(rows, name)
  const id = first.id ?? (await context.engine.container(name))?.Id
  if (id === undefined) throw new CheckFault('fixture-missing', `There was never a container ${name}.`)
  const death = causeOfDeath(rows.filter((row) => row.kind !== 'event' || isAbout(row, id)))
  if (!first.certain || !death || death.cause === 'unknown')
    throw new CheckFault('journal-gap', `The journal does not show how ${name} ended.`)
  return death.cause
}

async function stopTruth(
  context: CheckContext,
  from: Extract<TruthSource, { kind: 'stop-seconds' }>,
): Promise<Truth> {
  const { container: name, tolerance } = from
  const rows = await context.journal()
  const ids = bearersOf(rows, name)
  if (ids.length === 0) return missing('container', name)
  const source = `event journal · container ${name}`
  for (const id of ids.reverse()) {
    for (const { events, gaps } of livesOf(
      rows.filter((row) => row.kind !== 'event' || isAbout(row, id)),
    ).reverse()) {
      if (hides(gaps))
        throw new CheckFault('journal-gap', `The journal does not show how long ${name} took to stop.`)
      const signal = events.find((event) => event.action === 'kill')
      const die = events.find((event) => event.action === 'die')
      if (signal && die)
        return { kind: 'number', value: millisBetween(rows, signal, die) / 1000, tolerance, source }
    }
  }
  return { kind: 'none', code: 'not-measured', message: `\`${name}\` has not been stopped yet.` }
}

async function fieldTruth(
  context: CheckContext,
  from: Extract<TruthSource, { kind: 'field' }>,
): Promise<Truth> {
  const root = await inspect(context.engine, from.object, from.ref)
  if (!root) return missing(from.object, from.ref)
  const { value } = valueAt(root, from.path.split('.'))
  const source = `${from.object} ${from.ref} · ${from.path}`
  if (typeof value === 'number') return { kind: 'number', value, tolerance: 0, source }
  if (typeof value === 'string' && value) return { kind: 'words', words: [value.slice(0, 4096)], source }
  return { kind: 'none', code: 'not-measured', message: `\`${from.ref}\` has no ${from.path}.` }
}

function missing(kind: string, name: string): Truth {
  return { kind: 'none', code: 'object-missing', message: `There is no ${kind} \`${name}\`.` }
}
