import { z } from 'zod'
import type { Check, CheckContext } from './check.ts'
import { type Act, act, type Done, judgeAct, perform } from './clone-acts.ts'
import { fullSpecOf, mountsOf, specOfImage } from './clone-spec.ts'
import { environment, programArgs, toEnv } from './command.ts'
import { endExec } from './exec-probe.ts'
import { ranCodes } from './expectation.ts'
import { concernsContainer } from './journal-rows.ts'
import { notYet, passed } from './outcome.ts'
import type { CloneSpec } from './own-container.ts'
import { containerName, objectName } from './params.ts'
import { goldenImage, probeImage } from './probe.ts'

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a variable')

const params = z
  .strictObject({
    container: containerName.optional().describe('Make it like this container, which may run or not'),
    of: objectName.optional().describe("Make it of this image, with the image's own settings only"),
    args: programArgs.optional().describe('What follows the image in `docker run IMAGE ...`'),
    env: environment.describe('Variables to set, or to set otherwise'),
    env_without: z.array(name).max(20).default([]).describe('Variables of the container to leave out'),
    labels: z.record(z.string().max(200), z.string().max(1000)).default({}).describe('Labels to give it'),
    hostname: objectName.optional().describe('A host name of its own'),
    network: objectName.optional().describe('A network to join, by name; none without'),
    volumes: z
      .enum(['none', 'read-only', 'copy'])
      .default('none')
      .describe("The container's volumes and bound paths: none, the same read-only, or copies to write to"),
    memory: z
      .int()
      .min(8 << 20)
      .max(256 << 20)
      .optional()
      .describe('Memory limit in bytes'),
    pids: z.int().min(1).max(100).optional().describe('Limit of processes'),
    acts: z.array(act).min(1).max(8).describe('What is done with it, in turn, and what must come of each'),
    image: probeImage,
  })
  .refine((given) => (given.container === undefined) !== (given.of === undefined), 'needs container or of')
  .refine(
    (given) => given.container !== undefined || (given.volumes === 'none' && given.env_without.length === 0),
    'volumes and env_without need a container',
  )
type Params = z.infer<typeof params>

interface Gathered {
  missing: { kind: string; name: string } | null
  refused: string | null
  /** Up to the first act that came out otherwise. */
  done: Done[]
}

export const cloneProbe: Check<Params, Gathered> = {
  name: 'clone_probe',
  about:
    'Makes a container of its own like one of the student, or of an image, under conditions of its own, and sees what it does.',
  example: {
    says: 'Without `DB_URL` a container like `web` ends by itself and says why.',
    with: {
      container: 'web',
      env_without: ['DB_URL'],
      acts: [{ do: 'ends', expect: { exit: { min: 1 }, stderr: { matches: 'DB_URL' } } }],
    },
  },
  params,
  codes: {
    'object-missing': 'The container, image or network is not there.',
    'start-failed': 'The clone could not be started.',
    ...ranCodes,
    'line-missing': 'It did not write the line in time.',
    'health-wrong': 'Its health check did not come to that status in time.',
    'ended-early': 'It ended when it must run.',
  },
  timed: true,

  async gather(context, given) {
    const spec = await specFor(context, given)
    if ('missing' in spec) return { missing: spec.missing, refused: null, done: [] }
    const started = await context.engine.startClone(spec)
    if ('refused' in started) return { missing: null, refused: started.refused, done: [] }
    await using clone = started
    const done: Done[] = []
    for (const [i, wanted] of given.acts.entries()) {
      const found = await perform(context, clone, wanted, (run) => endExec(context, run, given.image))
      done.push(found)
      if (judgeAct(found, wanted, nameOf(given), i + 1).status !== 'passed') break
    }
    return { missing: null, refused: null, done }
  },

  judge({ missing, refused, done }, given) {
    const what = nameOf(given)
    if (missing) {
      return notYet('object-missing', `There is no ${missing.kind} \`${missing.name}\`.`, [
        {
          expected: `a ${missing.kind} ${missing.name}`,
          observed: 'none',
          source: `${missing.kind} ${missing.name}`,
        },
      ])
    }
    if (refused !== null) {
      return notYet('start-failed', `A clone of \`${what}\` could not be started: ${refused}`, [
        { expected: 'a clone that starts', observed: refused, source: `clone of ${what}` },
      ])
    }
    const outcomes = done.map((each, i) => judgeAct(each, given.acts[i] as Act, what, i + 1))
    const failed = outcomes.find((each) => each.status !== 'passed')
    if (failed) return failed
    if (outcomes.length !== given.acts.length) throw new Error('Not every act was done')
    return passed(
      `A clone of \`${what}\` does what it should.`,
      outcomes.flatMap((each) => each.evidence),
    )
  },

  asks: (given) => ({ ...given, acts: given.acts.map((each) => ({ ...each, expect: undefined })) }),

  affectedBy(event, given) {
    if (given.container !== undefined)
      return concernsContainer(event, given.container) && !/^(exec_|health_status)/.test(event.action)
    return event.type === 'image'
  },
}

function nameOf(given: Params): string {
  return given.container ?? given.of ?? ''
}

async function specFor(
  context: CheckContext,
  given: Params,
): Promise<CloneSpec | { missing: { kind: string; name: string } }> {
  const base = await baseFor(context, given)
  if ('missing' in base) return base
  const kept = (base.env ?? []).filter((each) => {
    const key = each.split('=', 1)[0] ?? ''
    return !given.env_without.includes(key) && !Object.hasOwn(given.env, key)
  })
  const network = given.network === undefined ? undefined : await context.engine.network(given.network)
  if (given.network !== undefined && !network) return { missing: { kind: 'network', name: given.network } }
  return {
    ...base,
    ...(given.args && { cmd: given.args }),
    env: [...kept, ...toEnv(given.env)],
    labels: given.labels,
    ...(given.hostname !== undefined && { hostname: given.hostname }),
    ...(network && { network: { kind: 'network', id: network.Id } }),
    ...(given.memory !== undefined && { memory: given.memory }),
    ...(given.pids !== undefined && { pids: given.pids }),
    copyWith: goldenImage(context, given.image),
  }
}

async function baseFor({ engine, images }: CheckContext, given: Params) {
  if (given.container === undefined) {
    const name = given.of ?? ''
    const id = images.get(name) ?? (await engine.image(name))?.Id
    return id === undefined ? { missing: { kind: 'image', name } } : specOfImage(id)
  }
  const container = await engine.container(given.container)
  if (!container) return { missing: { kind: 'container', name: given.container } }
  const spec = fullSpecOf(container)
  return given.volumes === 'none'
    ? spec
    : { ...spec, mounts: [...(spec.mounts ?? []), ...mountsOf(container, given.volumes)] }
}
