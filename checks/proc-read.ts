import { z } from 'zod'
import type { Check, CheckContext } from './check.ts'
import type { ContainerObject } from './engine-view.ts'
import { concernsContainer } from './journal-rows.ts'
import { noContainer, notRunning, notYet, passed } from './outcome.ts'
import { containerName, pattern, toPattern } from './params.ts'
import { probeImage } from './probe.ts'
import { namespaces, readEngineNamespaces, readListeners, readNamespaces, readProc } from './proc-files.ts'

const lines = {
  container: containerName,
  matches: pattern.optional().describe('A line that must be there'),
  lacks: pattern.optional().describe('A line that must not be there'),
  image: probeImage,
}
const other = z.union([z.literal('engine'), z.strictObject({ container: containerName })])

const params = z
  .discriminatedUnion('read', [
    z.strictObject({
      read: z
        .enum(['cmdline', 'environ', 'listeners'])
        .describe(
          'Of the first process: its command line, or its environment as NAME=value lines; or the addresses that are listened on in its network, as 127.0.0.1:80 or [::]:80',
        ),
      ...lines,
    }),
    z.strictObject({
      read: z.literal('status').describe('A line of /proc/PID/status of the first process'),
      field: z
        .string()
        .regex(/^[A-Za-z_]{1,40}$/, 'must be the name of a line')
        .describe('Its name: NSpid, Uid, CapEff'),
      ...lines,
    }),
    z.strictObject({
      read: z.literal('namespace').describe('Which namespaces it is in'),
      container: containerName,
      same_as: other.optional().describe("engine, or { container: NAME }: it shares that one's"),
      differs_from: other.optional().describe("engine, or { container: NAME }: it does not share that one's"),
      namespaces: z.array(z.enum(namespaces)).min(1).max(8).describe('The namespaces that this is about'),
      image: probeImage,
    }),
  ])
  .refine(
    (given) =>
      given.read === 'namespace'
        ? (given.same_as === undefined) !== (given.differs_from === undefined)
        : given.matches !== undefined || given.lacks !== undefined,
    'needs matches or lacks; of a namespace, same_as or differs_from',
  )
type Params = z.infer<typeof params>

interface Gathered {
  /** Of the container, and of the one that it is compared with: null when it is not there, else its status. */
  status: string | null
  otherStatus: string | null
  /** Lines, or namespaces as `net:[4026531840]`; null when there is nothing to read. */
  found: string[] | null
  other: string[] | null
}

/** Kept with the verdict: lines above this are too many to be judged. */
const MAX_LINES = 2_000

export const procRead: Check<Params, Gathered> = {
  name: 'proc_read',
  about: "What the kernel says of a running container's first process, read from outside of it.",
  example: {
    says: 'The first process of `web` is the app and no shell.',
    with: { container: 'web', read: 'cmdline', matches: '^/app' },
  },
  params,
  codes: {
    'object-missing': 'There is no container of that name.',
    'container-not-running': 'It does not run, so it has no process.',
    'proc-missing': 'What must be there is not.',
    'proc-unexpected': 'What must not be there is.',
    'ns-not-shared': 'It has a namespace of its own that it must share.',
    'ns-shared': 'It shares a namespace that it must not.',
  },

  async gather(context, given) {
    const container = await context.engine.container(given.container)
    const status = container?.State.Status ?? null
    const nothing: Gathered = { status, otherStatus: null, found: null, other: null }
    if (!container?.State.Running) return nothing
    if (given.read !== 'namespace') {
      const found = await readLines(context, container, given)
      return { ...nothing, found: found.slice(0, MAX_LINES) }
    }
    const whose = given.same_as ?? given.differs_from
    const pick = (all: Record<string, string>) => given.namespaces.map((name) => all[name] ?? '')
    const found = pick(await readNamespaces(context, container, given.image))
    if (whose === undefined || whose === 'engine')
      return { ...nothing, found, other: pick(await readEngineNamespaces(context, given.image)) }
    const second = await context.engine.container(whose.container)
    const otherStatus = second?.State.Status ?? null
    if (!second?.State.Running) return { ...nothing, otherStatus, found }
    return { ...nothing, otherStatus, found, other: pick(await readNamespaces(context, second, given.image)) }
  },

  judge(gathered, given) {
    const { status, found } = gathered
    if (status === null) return noContainer(given.container)
    if (!found) return notRunning(given.container, status)
    return given.read === 'namespace' ? judgeShared(gathered, found, given) : judgeLines(found, given)
  },

  affectedBy(event, given) {
    const whose = given.read === 'namespace' ? (given.same_as ?? given.differs_from) : undefined
    const names = [given.container, ...(typeof whose === 'object' ? [whose.container] : [])]
    return event.type === 'container' && !/^(exec_|health_status)/.test(event.action)
      ? names.some((name) => concernsContainer(event, name))
      : false
  },
}

async function readLines(
  context: CheckContext,
  container: ContainerObject,
  given: Exclude<Params, { read: 'namespace' }>,
): Promise<string[]> {
  if (given.read === 'listeners') return readListeners(context, container, given.image)
  const found = await readProc(context, container, given.read, given.image)
  if (given.read !== 'status') return found
  const line = found.find((each) => each.startsWith(`${given.field}:`))
  return line === undefined ? [] : [line.slice(given.field.length + 1).trim()]
}

function judgeLines(found: string[], given: Exclude<Params, { read: 'namespace' }>) {
  const name = given.read === 'status' ? given.field : given.read
  const what = `${name} of \`${given.container}\``
  const source = `container ${given.container} · /proc, ${name}`
  const shown = found.join(', ').slice(0, 300) || 'nothing'
  const evidence = []
  if (given.lacks !== undefined) {
    const { lacks } = given
    const culprit = found.find((line) => toPattern(lacks).test(line))
    const one = { expected: `nothing like ${lacks}`, observed: culprit ?? shown, source }
    if (culprit !== undefined) return notYet('proc-unexpected', `${what} has ${culprit}.`, [one])
    evidence.push(one)
  }
  if (given.matches !== undefined) {
    const { matches } = given
    const line = found.find((each) => toPattern(matches).test(each))
    const one = { expected: `something like ${matches}`, observed: line ?? shown, source }
    if (line === undefined)
      return notYet('proc-missing', `${what} has nothing like ${matches}: ${shown}.`, [one])
    evidence.push(one)
  }
  return passed(`${what} is as it should be.`, evidence)
}

function judgeShared(
  { other, otherStatus }: Gathered,
  found: string[],
  given: Extract<Params, { read: 'namespace' }>,
) {
  const { container } = given
  const whose = given.same_as ?? given.differs_from ?? 'engine'
  const name = whose === 'engine' ? 'the engine' : `\`${whose.container}\``
  if (!other && typeof whose === 'object')
    return otherStatus === null ? noContainer(whose.container) : notRunning(whose.container, otherStatus)
  if (!other || other.length !== found.length) throw new Error('There is nothing to compare with')
  const wantShared = given.same_as !== undefined
  const evidence = found.map((mine, i) => ({
    expected: wantShared ? `${other[i]}, as ${name}` : `another than ${other[i]} of ${name}`,
    observed: mine,
    source: `container ${container} · /proc, ns/${given.namespaces[i]}`,
  }))
  const wrong = given.namespaces.findIndex((_, i) => (found[i] === other[i]) !== wantShared)
  const first = evidence[wrong]
  if (!first) {
    const verb = wantShared ? 'shares' : 'does not share'
    return passed(`\`${container}\` ${verb} ${given.namespaces.join(', ')} with ${name}.`, evidence)
  }
  const space = given.namespaces[wrong]
  return wantShared
    ? notYet('ns-not-shared', `\`${container}\` does not share the ${space} namespace of ${name}.`, [first])
    : notYet('ns-shared', `\`${container}\` shares the ${space} namespace of ${name}.`, [first])
}
