import { z } from 'zod'
import type { Check, CheckContext } from './check.ts'
import { absolutePath, argv, environment, programArgs, showCommand, toEnv, userName } from './command.ts'
import { expectation, judgeRan, keep, type Ran, ranCodes } from './expectation.ts'
import { concernsContainer } from './journal-rows.ts'
import { notYet } from './outcome.ts'
import type { OwnMount, OwnNetwork } from './own-container.ts'
import { objectName } from './params.ts'
import { findVolume, isOneVolume, volumeRef } from './volume-ref.ts'

const mount = z
  .strictObject({
    ...volumeRef,
    at: absolutePath.describe('Where the program finds it; it cannot be written to'),
  })
  .refine(isOneVolume, 'needs volume or volume_of')

const params = z
  .strictObject({
    image: objectName.describe('A golden image, or one that the student made, by its tag'),
    argv: argv
      .optional()
      .describe('The program to run instead of what the image starts: absolute path, arguments'),
    args: programArgs
      .optional()
      .describe('What follows the image in `docker run IMAGE ...`; its own command without'),
    env: environment.describe('Variables to set'),
    user: userName.optional().describe("Who runs it; the image's own user without"),
    network: objectName.optional().describe('A network to join, by name; none without'),
    network_of: objectName.optional().describe('Use the network of this running container'),
    engine_network: z
      .literal(true)
      .optional()
      .describe("Use the engine's own network, as a shell on the machine"),
    mounts: z.array(mount).max(5).default([]).describe('Volumes to look into, read-only'),
    memory: z
      .int()
      .min(8 << 20)
      .max(256 << 20)
      .default(64 << 20)
      .describe('Memory limit in bytes'),
    timeout_ms: z.int().min(100).max(30_000).default(10_000).describe('How long it may take'),
    expect: expectation.prefault({}).describe('How it must end and what it must write'),
  })
  .refine((given) => given.argv === undefined || given.args === undefined, 'takes argv or args, not both')
  .refine(
    (given) =>
      [given.network, given.network_of, given.engine_network].filter((each) => each !== undefined).length <=
      1,
    'takes one of network, network_of and engine_network',
  )
type Params = z.infer<typeof params>

interface Gathered {
  /** What is not there: its kind and name. */
  missing: { kind: string; name: string } | null
  /** Whether a container whose network or volume is used does not run. */
  stopped: string | null
  ran: Ran | null
}

export const runProbe: Check<Params, Gathered> = {
  name: 'run_probe',
  about: 'Runs a program of an image in a container of its own, and sees how it ends and what it writes.',
  example: {
    says: '`backup:1 --dry-run` ends well and names the folder.',
    with: { image: 'backup:1', args: ['--dry-run'], expect: { exit: 0, stdout: { matches: '^/srv' } } },
  },
  params,
  codes: {
    'object-missing': 'The image, network, container or volume that it needs is not there.',
    'container-not-running': 'The container whose network is used does not run.',
    ...ranCodes,
  },

  async gather(context, given) {
    const nothing = { missing: null, stopped: null, ran: null }
    // A golden name means the golden image, whatever the student has put under that tag.
    const image = context.images.get(given.image) ?? (await context.engine.image(given.image))?.Id
    if (image === undefined) return { ...nothing, missing: { kind: 'image', name: given.image } }
    const network = await networkFor(context, given)
    if ('missing' in network) return { ...nothing, ...network }
    if ('stopped' in network) return { ...nothing, ...network }
    const mounts = await mountsFor(context, given)
    if ('missing' in mounts) return { ...nothing, ...mounts }
    const [program, ...args] = given.argv ?? []
    const ran = await context.engine.runProbe({
      image,
      entrypoint: program === undefined ? null : [program],
      cmd: program === undefined ? (given.args ?? null) : args,
      env: toEnv(given.env),
      user: given.user,
      network,
      mounts: mounts.list,
      memory: given.memory,
      timeoutMs: given.timeout_ms,
    })
    return { ...nothing, ran: keep(ran) }
  },

  judge({ missing, stopped, ran }, given) {
    const what = commandOf(given)
    if (missing) {
      return notYet('object-missing', `There is no ${missing.kind} \`${missing.name}\`.`, [
        {
          expected: `a ${missing.kind} ${missing.name}`,
          observed: 'none',
          source: `${missing.kind} ${missing.name}`,
        },
      ])
    }
    if (stopped !== null || !ran) {
      return notYet('container-not-running', `\`${stopped}\` is not running.`, [
        { expected: 'running', observed: 'not running', source: `container ${stopped} · State.Running` },
      ])
    }
    return judgeRan(ran, given.expect, what, `run of ${what}`)
  },

  asks: ({ expect: _, ...asked }) => asked,

  affectedBy(event, given) {
    if (event.by === 'check') return false
    if (event.type === 'image') return true
    // Not connect and mount: the probe itself writes those.
    const made = event.action === 'create' || event.action === 'destroy'
    if (event.type === 'network') return made && given.network !== undefined
    if (event.type === 'volume') return made && given.mounts.length > 0
    // What a volume holds changes while containers run; their execs are too many to follow.
    if (given.mounts.length > 0 && ['start', 'die', 'destroy'].includes(event.action)) return true
    return given.network_of !== undefined && concernsContainer(event, given.network_of)
  },
}

/** `backup:2 --dry-run`, as after `docker run`. */
function commandOf({ image, argv: own, args }: Params): string {
  return showCommand([
    ...(own ? [`--entrypoint`, own[0] ?? ''] : []),
    image,
    ...(own?.slice(1) ?? args ?? []),
  ])
}

async function networkFor({ engine }: CheckContext, given: Params) {
  if (given.engine_network) return { kind: 'engine' } as OwnNetwork
  if (given.network !== undefined) {
    const network = await engine.network(given.network)
    return network
      ? ({ kind: 'network', id: network.Id } as OwnNetwork)
      : { missing: { kind: 'network', name: given.network } }
  }
  if (given.network_of === undefined) return { kind: 'none' } as OwnNetwork
  const container = await engine.container(given.network_of)
  if (!container) return { missing: { kind: 'container', name: given.network_of } }
  return container.State.Running
    ? ({ kind: 'container', id: container.Id } as OwnNetwork)
    : { stopped: given.network_of }
}

async function mountsFor(context: CheckContext, given: Params) {
  const list: OwnMount[] = []
  for (const { at, ...ref } of given.mounts) {
    const found = await findVolume(context, ref)
    if ('missing' in found) return found
    list.push({ kind: 'volume', name: found.name, target: at, readOnly: true })
  }
  return { list }
}
