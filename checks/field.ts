import { z } from 'zod'
import { type Check, CheckFault } from './check.ts'
import { compare, comparison, describeComparison } from './comparison.ts'
import { inspect, objectKind, show, valueAt } from './inspect.ts'
import { concernsContainer } from './journal-rows.ts'
import { notYet, passed } from './outcome.ts'
import { objectName } from './params.ts'

const key = z.string().min(1).max(200)

const params = z
  .strictObject({
    kind: objectKind.default('container').describe('What to inspect'),
    ref: objectName.describe('Its name'),
    path: z
      .union([key, z.array(key).min(1).max(12)])
      .describe('Where in the inspect answer: HostConfig.Memory, or a list of keys when one holds a dot'),
    ...comparison.shape,
  })
  .superRefine((given, ctx) => {
    const count = Object.keys(comparison.shape).filter(
      (name) => given[name as keyof typeof given] !== undefined,
    ).length
    const range = given.min !== undefined && given.max !== undefined
    if (count !== 1 && !(range && count === 2))
      ctx.addIssue({ code: 'custom', message: 'needs exactly one comparison, or min and max' })
  })
type Params = z.infer<typeof params>

/** Larger values are not kept; such a value equals nothing. */
const MAX_VALUE = 64 * 1024

interface Gathered {
  id: string | null
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
    'field-missing': 'The field is not there.',
    'field-mismatch': 'The field has another value.',
  },

  async gather({ engine, images }, given) {
    const root = await inspect(engine, given.kind, given.ref)
    if (!root) return { id: null, found: false, tooLarge: false }
    const { found, value } = valueAt(root, toPath(given.path))
    const tooLarge = sizeOf(value) > MAX_VALUE
    const gathered: Gathered = { id: 'Id' in root ? String(root.Id) : given.ref, found, tooLarge }
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
    const source = `${given.kind} ${given.ref} · ${toPath(given.path).join('.')}`
    const expected = describeComparison(given)
    if (gathered.id === null) {
      return notYet('object-missing', `There is no ${given.kind} \`${given.ref}\`.`, [
        { expected, observed: 'none', source },
      ])
    }
    const observed = observedOf(gathered, given)
    const evidence = [{ expected, observed, source }]
    const what = `\`${given.ref}\`: ${toPath(given.path).join('.')}`
    if (!gathered.found && given.empty === undefined && given.ne === undefined) {
      return notYet('field-missing', `${what} is not set; expected ${expected}.`, evidence)
    }
    if (!gathered.tooLarge && compare(gathered.value, given, gathered.other))
      return passed(`${what} is ${observed}.`, evidence)
    return notYet('field-mismatch', `${what} is ${observed}; expected ${expected}.`, evidence)
  },

  asks: ({ kind, ref, path, same_as, image }) => ({ kind, ref, path: toPath(path), same_as, image }),

  affectedBy(event, { kind, ref }) {
    if (event.by === 'check') return false
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

function toPath(path: string | string[]): string[] {
  return typeof path === 'string' ? path.split('.') : path
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0
}
