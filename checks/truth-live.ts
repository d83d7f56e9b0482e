import { z } from 'zod'
import { type CheckContext, CheckFault, type JournalRow } from './check.ts'
import { absolutePath } from './command.ts'
import type { ContainerObject } from './engine-view.ts'
import { firstBearer, hides, isAbout } from './journal-rows.ts'
import { containerName, pattern } from './params.ts'
import { probeImage, runTool } from './probe.ts'
import { namespaces, readEngineNamespaces, readListeners, readNamespaces, readProc } from './proc-files.ts'
import type { Truth } from './truth-kinds.ts'
import { findVolume, isOneVolume, volumeRef } from './volume-ref.ts'

const word = z.string().min(1).max(200)
const container = containerName
const image = probeImage

/** Right answers that are looked up in containers, processes, logs and volumes. */
export const liveSources = [
  z.strictObject({
    kind: z.literal('started').describe('Whether the program of a container ever started: yes or no'),
    container,
    as: z
      .partialRecord(z.enum(['yes', 'no']), word)
      .optional()
      .describe("The answer's words for the two"),
  }),
  z.strictObject({
    kind: z.literal('pid').describe('The number of the first process'),
    container,
    side: z
      .enum(['engine', 'inside'])
      .describe("As the engine's machine numbers it, or the container itself"),
    image,
  }),
  z.strictObject({
    kind: z.literal('namespaces').describe('Names of namespaces, in any order: net, pid, mnt, ...'),
    container,
    which: z
      .enum(['own', 'shared'])
      .describe("Those that differ from the engine's, or those that are the same"),
    image,
  }),
  z.strictObject({
    kind: z
      .literal('listener')
      .describe('The address on which a port is listened on in the network of a container'),
    container,
    port: z.int().min(1).max(65_535).describe('The port'),
    image,
  }),
  z.strictObject({
    kind: z
      .literal('log')
      .describe('What a group of a regular expression finds in the last such line of a log'),
    container,
    matches: pattern.describe('With one group: ^order (\\d+)$'),
  }),
  z
    .strictObject({
      kind: z
        .literal('volume-file')
        .describe('What a group of a regular expression finds in a file of a volume'),
      ...volumeRef,
      path: absolutePath.describe('The file, from the root of the volume'),
      matches: pattern.describe('With one group; ^ and $ work by line'),
      image,
    })
    .refine(isOneVolume, 'needs volume or volume_of'),
] as const
export type LiveSource = z.infer<(typeof liveSources)[number]>

/** Finds such an answer out. Throws a CheckFault when the engine and the journal disagree, or it cannot be looked up. */
export async function findLiveTruth(context: CheckContext, from: LiveSource): Promise<Truth> {
  if (from.kind === 'started') return startedTruth(context, from)
  if (from.kind === 'volume-file') return volumeTruth(context, from)
  const found = await context.engine.container(from.container)
  if (!found) return nothing('object-missing', `There is no container \`${from.container}\`.`)
  if (from.kind === 'log') return logTruth(context, found, from)
  if (!found.State.Running)
    return nothing('container-not-running', `\`${from.container}\` is not running. Start it again.`)
  if (from.kind === 'pid') return pidTruth(context, found, from)
  if (from.kind === 'listener') return listenerTruth(context, found, from)
  const mine = await readNamespaces(context, found, from.image)
  const engine = await readEngineNamespaces(context, from.image)
  const words = namespaces.filter((name) => (mine[name] === engine[name]) === (from.which === 'shared'))
  return { kind: 'set', words, source: `container ${from.container} · /proc, ns` }
}

/** Judged on the first container of the name, which the setup made. State and journal are two witnesses and must agree. */
async function startedTruth(
  { engine, journal }: CheckContext,
  { container: name, as }: Extract<LiveSource, { kind: 'started' }>,
): Promise<Truth> {
  const rows = await journal()
  const current = await engine.container(name)
  const first = firstBearer(rows, name)
  const id = first.id ?? current?.Id
  if (id === undefined) return nothing('object-missing', `There was never a container \`${name}\`.`)
  const seen = rows.some((row) => isStartOf(row, id))
  if (!first.certain || (!seen && hides(rows.filter((row) => row.kind === 'gap'))))
    throw new CheckFault('journal-gap', `The journal does not show whether ${name} was started.`)
  if (current?.Id === id && seen === (current.State.Status === 'created'))
    throw new CheckFault('journal-gap', `The journal and the state of ${name} do not agree.`)
  const word = seen ? 'yes' : 'no'
  return {
    kind: 'words',
    words: [as?.[word] ?? word],
    source: `event journal and State.Status · container ${name}`,
  }
}

function isStartOf(row: JournalRow, id: string): boolean {
  return row.kind === 'event' && row.type === 'container' && row.action === 'start' && isAbout(row, id)
}

async function pidTruth(
  context: CheckContext,
  found: ContainerObject,
  { container: name, side, image: tools }: Extract<LiveSource, { kind: 'pid' }>,
): Promise<Truth> {
  const status = await readProc(context, found, 'status', tools)
  const pids = /^NSpid: ([\d ]+)$/u
    .exec(status.find((line) => line.startsWith('NSpid:')) ?? '')?.[1]
    ?.split(' ')
  const value = Number(side === 'engine' ? pids?.[0] : pids?.at(-1))
  if (!pids || !Number.isSafeInteger(value))
    throw new CheckFault('probe-failed', `The process ids of ${name} could not be read.`)
  return { kind: 'number', value, tolerance: 0, source: `container ${name} · /proc, NSpid` }
}

async function listenerTruth(
  context: CheckContext,
  found: ContainerObject,
  { container: name, port, image: tools }: Extract<LiveSource, { kind: 'listener' }>,
): Promise<Truth> {
  const there = (await readListeners(context, found, tools)).filter((each) => each.endsWith(`:${port}`))
  if (there.length === 0) return nothing('not-measured', `Nothing listens on port ${port} in \`${name}\`.`)
  const bare = there.map((each) => each.slice(0, each.lastIndexOf(':')).replace(/[[\]]/gu, ''))
  return { kind: 'words', words: [...there, ...bare], source: `container ${name} · /proc/net/tcp` }
}

async function logTruth(
  { engine }: CheckContext,
  found: ContainerObject,
  { container: name, matches }: Extract<LiveSource, { kind: 'log' }>,
): Promise<Truth> {
  const lines = await engine.logs(found.Id, 'both')
  const texts = Array.isArray(lines) ? lines.map((line) => line.text) : []
  const value = texts.map((text) => groupIn(text, matches)).findLast((each) => each !== undefined)
  return valueTruth(value, `log of container ${name}`, `The log of \`${name}\` has no such line.`)
}

async function volumeTruth(
  context: CheckContext,
  from: Extract<LiveSource, { kind: 'volume-file' }>,
): Promise<Truth> {
  const found = await findVolume(context, from)
  if ('missing' in found)
    return nothing('object-missing', `There is no ${found.missing.kind} \`${found.missing.name}\`.`)
  const { exitCode, stdout } = await runTool(context, from.image, {
    argv: ['/usr/bin/cat', `/in${from.path}`],
    mounts: [{ kind: 'volume', name: found.name, target: '/in', readOnly: true }],
    capDrop: [],
  })
  const value = exitCode === 0 ? groupIn(stdout, from.matches) : undefined
  return valueTruth(
    value,
    `volume ${found.name} · ${from.path}`,
    `The volume has no such line in ${from.path}.`,
  )
}

function groupIn(text: string, expression: string): string | undefined {
  const match = new RegExp(expression, 'mu').exec(text)
  return match ? (match[1] ?? match[0]) : undefined
}

function valueTruth(value: string | undefined, source: string, message: string): Truth {
  return value?.trim()
    ? { kind: 'words', words: [value.slice(0, 4096)], source }
    : nothing('not-measured', message)
}

function nothing(code: 'object-missing' | 'container-not-running' | 'not-measured', message: string): Truth {
  return { kind: 'none', code, message }
}
