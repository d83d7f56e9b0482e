import { z } from 'zod'
import type { Check } from './check.ts'
import { describeRange } from './comparison.ts'
import type { ContainerLimits } from './engine-view.ts'
import { show } from './inspect.ts'
import { concernsContainer } from './journal-rows.ts'
import { noContainer, notRunning, notYet, passed } from './outcome.ts'
import { containerName } from './params.ts'

const keys = {
  'memory-limit': 'memoryLimit',
  'memory-usage': 'memoryUsage',
  'pids-limit': 'pidsLimit',
} as const

const params = z
  .strictObject({
    container: containerName,
    key: z.enum(['memory-limit', 'memory-usage', 'pids-limit']).describe('What to read: bytes, or a count'),
    min: z.number().optional().describe('At least this'),
    max: z.number().optional().describe('At most this'),
  })
  .refine((given) => given.min !== undefined || given.max !== undefined, 'needs min or max')
type Params = z.infer<typeof params>

interface Gathered {
  status: string | null
  limits: ContainerLimits | null
}

export const cgroupValue: Check<Params, Gathered> = {
  name: 'cgroup_value',
  about: "What the kernel really holds for a running container, from its cgroup by the engine's statistics.",
  example: {
    says: 'The kernel holds `web` to 64 MiB.',
    with: { container: 'web', key: 'memory-limit', max: 67_108_864 },
  },
  params,
  codes: {
    'object-missing': 'There is no container of that name.',
    'container-not-running': 'It does not run, so it has no cgroup.',
    'cgroup-mismatch': 'The cgroup holds another value.',
  },

  async gather({ engine }, { container }) {
    const found = await engine.container(container)
    if (!found) return { status: null, limits: null }
    const limits = found.State.Running ? await engine.limits(found.Id) : undefined
    return { status: found.State.Status, limits: limits ?? null }
  },

  judge({ status, limits }, given) {
    const { container, key } = given
    if (status === null) return noContainer(container)
    if (!limits) return notRunning(container, status)
    const value = limits[keys[key]]
    const evidence = [
      {
        expected: describeRange(given),
        observed: show(value),
        source: `cgroup of container ${container} · ${key}`,
      },
    ]
    const right = value !== undefined && value >= (given.min ?? -Infinity) && value <= (given.max ?? Infinity)
    if (right) return passed(`The cgroup of \`${container}\` holds ${show(value)} as its ${key}.`, evidence)
    return notYet(
      'cgroup-mismatch',
      `The cgroup of \`${container}\` holds ${show(value)} as its ${key}.`,
      evidence,
    )
  },

  asks: ({ container }) => ({ container }),

  affectedBy(event, { container }) {
    return concernsContainer(event, container)
  },
}
