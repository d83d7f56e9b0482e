import { z } from 'zod'
import { type Check, CheckFault } from './check.ts'
import { compare, comparison, describeComparison, needsOneComparison } from './comparison.ts'
import type { EngineView } from './engine-view.ts'
import { inspect, objectKind, show, valueAt } from './inspect.ts'
import { concernsContainer } from './journal-rows.ts'
import { notYet, passed } from './outcome.ts'
import { objectName } from './params.ts'

const key = z.string().min(1).max(200)
const composeName = z.string().regex(/^[a-zA-Z0-9._-]{1,100}$/, 'must be a name that compose allows')

const params = z
  .strictObject({
    kind: objectKind.default('container').describe('What to inspect'),
    ref: objectName.optional().describe('Its name'),
    service: z
      .strictObject({
        project: composeName.describe('Name of the project'),
        service: composeName.describe('Name of the service; its first container is meant'),
      })
      .optional()
      .describe('A container that compose made, instead of its name'),
    path: z
      .union([key, z.array(key).min(1).max(12)])
      .describe(
        'Where in the inspect answer: HostConfig.Memory, Mounts.0.RW for the first of a list, or a list of keys when one holds a dot',
      ),
    ...comparison.shape,
  })
  .superRefine(needsOneComparison)
  .refine((given) => (given.ref === undefined) !== (given.service === undefined), 'needs ref or service')
  .refine((given) => given.service === undefined || given.kind === 'container', 'a service is a container')
type Params = z.infer<typeof params>

/** Larger values are not kept; such a value equals nothing. */
const MAX_VALUE = 64 * 1024

interface Gathered {
  id: string | null
  /** Of a service that is not there: whether its project has any container. */
  project?: boolean
  found: boolean
  /** JSON value; absent when not found or too large. */
  value?: unknown
  tooLarge: boolean
  /** What it is compared with when that is not in the parameters: another field, or a golden image's id. */
  other?: unknown
}

export const field: Check<Params, Gathered> = {
  name: 'field',
  about: 'A field of what `docker inspect` says has a wanted value.',
  example: {
    says: '`web` may use at most 256 MiB of memory.',
    with: { ref: 'web', path: 'HostConfig.Memory', min: 1, max: 268_435_456 },
  },
  params,
  codes: {
    'object-missing': 'The object is not there.',
    'project-missing': 'Compose has made no container of that project.',
    'field-missing': 'The field is not there.',
    'field-mismatch': 'The field has another value.',
  },

  async gather({ engine, images }, given) {
    const root = await objectOf(engine, given)
    if (!root || 'project' in root) return { id: null, project: !root, found: false, tooLarge: false }
    const { found, value } = valueAt(root, toPath(given.path))
    const tooLarge = sizeOf(value) > MAX_VALUE
    const gathered: Gathered = { id: 'Id' in root ? String(root.Id) : nameOf(given), found, tooLarge }
    if (found && !tooLarge) gathered.value = value
    if (given.same_as !== undefined) gathered.other = valueAt(root, toPath(given.same_as)).value
    if (given.image !== undefined) {
      gathered.other = images.get(given.image)
      if (gathered.other === undefined)
        throw new CheckFault('fixture-missing', `This lab has no image ${given.image}.`)
    }
    return gathered
  },

  judge(gathered, given) {
    const name = nameOf(given)
    const source = `${given.kind} ${name} · ${toPath(given.path).join('.')}`
    const expected = describeComparison(given)
    if (gathered.id === null && given.service && !gathered.project) {
      const { project } = given.service
      return notYet('project-missing', `Compose has made no container of the project \`${project}\`.`, [
        {
          expected: `containers of ${project}`,
          observed: 'none',
          source: 'label com.docker.compose.project',
        },
      ])
    }
    if (gathered.id === null) {
      return notYet('object-missing', `There is no ${given.kind} \`${name}\`.`, [
        { expected, observed: 'none', source },
      ])
    }
    const observed = observedOf(gathered, given)
    const evidence = [{ expected, observed, source }]
    const what = `\`${name}\`: ${toPath(given.path).join('.')}`
    if (!gathered.found && given.empty === undefined && given.ne === undefined) {
      return notYet('field-missing', `${what} is not set; expected ${expected}.`, evidence)
    }
    if (!gathered.tooLarge && compare(gathered.value, given, gathered.other))
      return passed(`${what} is ${observed}.`, evidence)
    return notYet('field-mismatch', `${what} is ${observed}; expected ${expected}.`, evidence)
  },

  asks: ({ kind, ref, service, path, same_as, image }) => ({
    kind,
    ref,
    service,
    path: toPath(path),
    same_as,
    image,
  }),

  affectedBy(event, { kind, ref, service }) {
    if (event.by === 'check') return false
    if (ref === undefined) {
      const made = event.attributes['com.docker.compose.project'] === service?.project
      return event.type === 'network' || (event.type === 'container' && made)
    }
    if (kind === 'container') return concernsContainer(event, ref)
    if (kind === 'volume') return event.type === kind && event.actorId === ref
    return event.type === kind || (kind === 'network' && event.type === 'container')
  },
}

function observedOf({ tooLarge, value }: Gathered, given: Params): string {
  if (tooLarge) return 'a value too large to compare'
  const listKeys = given.keys !== undefined && typeof value === 'object' && value !== null
  return listKeys ? Object.keys(value).join(', ') || 'no keys' : show(value)
}

/** The object, or `project: null` when its project has no container at all. */
async function objectOf(engine: EngineView, { kind, ref, service }: Params) {
  if (ref !== undefined) return inspect(engine, kind, ref)
  if (!service) return undefined
  const containers = await engine.composeContainers(service.project)
  if (containers.length === 0) return { project: null }
  const first = containers.find((each) => each.service === service.service)
  return first && engine.container(first.id)
}

function nameOf({ ref, service }: Params): string {
  return ref ?? `${service?.service} of ${service?.project}`
}

function toPath(path: string | string[]): string[] {
  return typeof path === 'string' ? path.split('.') : path
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0
}
