import { z } from 'zod'
import type { Check } from './check.ts'
import { describeRange } from './comparison.ts'
import type { FileChange } from './engine-view.ts'
import { show } from './inspect.ts'
import { concernsContainer } from './journal-rows.ts'
import { noContainer, notYet, passed } from './outcome.ts'
import { containerName, pattern, toPattern } from './params.ts'

const change = z.strictObject({
  kind: z
    .enum(['added', 'changed', 'deleted'])
    .optional()
    .describe('A, C or D of `docker diff`; any without'),
  path: pattern.describe('A regular expression that finds the path, like ^/etc/motd$'),
})
type Change = z.infer<typeof change>

const params = z
  .strictObject({
    container: containerName,
    expect: z.array(change).max(20).default([]).describe('Changes that must be there'),
    forbid: z.array(change).max(20).default([]).describe('Changes that must not be there'),
    size: z
      .strictObject({ min: z.number().min(0).optional(), max: z.number().min(0).optional() })
      .refine((given) => given.min !== undefined || given.max !== undefined, 'needs min or max')
      .optional()
      .describe('Bytes of its writable layer'),
  })
  .refine(
    (given) => given.expect.length + given.forbid.length > 0 || given.size !== undefined,
    'needs expect, forbid or size',
  )
type Params = z.infer<typeof params>

/** Changes kept with the verdict: those that the parameters speak of come first. */
const MAX_KEPT = 500

interface Gathered {
  changes: FileChange[] | null
  /** How many there are in all. */
  count: number
  size: number | null
}

export const fsChanges: Check<Params, Gathered> = {
  name: 'fs_changes',
  about: "What a container changed on its image's files, as `docker diff` and `docker ps -s` tell it.",
  example: {
    says: '`web` has written its file, and nothing below /etc.',
    with: {
      container: 'web',
      expect: [{ kind: 'added', path: '^/tmp/mark$' }],
      forbid: [{ path: '^/etc/' }],
    },
  },
  params,
  codes: {
    'object-missing': 'There is no container of that name.',
    'change-missing': 'A change is missing.',
    'change-unexpected': 'A change is there that must not be.',
    'size-wrong': 'Its writable layer is larger or smaller.',
  },

  async gather({ engine }, given) {
    const container = await engine.container(given.container)
    const changes = container && (await engine.changes(container.Id))
    if (!container || !changes) return { changes: null, count: 0, size: null }
    const size = given.size === undefined ? null : ((await engine.writtenBytes(container.Id)) ?? null)
    const wanted = [...given.expect, ...given.forbid]
    const spokenOf = (each: FileChange) => wanted.some((filter) => fits(each, filter))
    const kept = [...changes.filter(spokenOf), ...changes.filter((each) => !spokenOf(each))]
    return { changes: kept.slice(0, MAX_KEPT), count: changes.length, size }
  },

  judge({ changes, count, size }, given) {
    if (!changes) return noContainer(given.container)
    const { container } = given
    const source = `changes of container ${container}`
    const culprit = changes.find((each) => given.forbid.some((filter) => fits(each, filter)))
    if (culprit) {
      return notYet('change-unexpected', `\`${container}\` has ${describe(culprit)}.`, [
        {
          expected: `none like ${given.forbid.map(describe).join(', ')}`,
          observed: describe(culprit),
          source,
        },
      ])
    }
    const seen = changes.slice(0, 6).map(describe).join(', ') || 'no change'
    const missing = given.expect.find((filter) => !changes.some((each) => fits(each, filter)))
    if (missing) {
      return notYet('change-missing', `\`${container}\` has no change like ${describe(missing)}.`, [
        { expected: describe(missing), observed: `${count} changes: ${seen}`, source },
      ])
    }
    const evidence = given.expect.map((filter) => ({
      expected: describe(filter),
      observed: describe(changes.find((each) => fits(each, filter)) ?? filter),
      source,
    }))
    if (given.forbid.length > 0) {
      const expected = `none like ${given.forbid.map(describe).join(', ')}`
      evidence.push({ expected, observed: `${count} changes, none such`, source })
    }
    if (given.size !== undefined) {
      const sized = {
        expected: `${describeRange(given.size)} bytes`,
        observed: size === null ? 'unknown' : `${show(size)} bytes`,
        source: `container ${container} · SizeRw`,
      }
      const { min = 0, max = Number.POSITIVE_INFINITY } = given.size
      if (size === null || size < min || size > max) {
        return notYet('size-wrong', `The writable layer of \`${container}\` has ${sized.observed}.`, [sized])
      }
      evidence.push(sized)
    }
    return passed(`The changes of \`${container}\` are as they should be.`, evidence)
  },

  affectedBy(event, { container }) {
    return concernsContainer(event, container)
  },
}

function fits(each: FileChange, { kind, path }: Change): boolean {
  return (kind === undefined || each.kind === kind) && toPattern(path).test(each.path)
}

function describe({ kind, path }: { kind?: string; path: string }): string {
  return `${kind ?? 'any change of'} ${path}`
}
