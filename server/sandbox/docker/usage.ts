import type Docker from 'dockerode'
import { sandboxLimits } from '../limits.ts'
import type { SandboxUsage } from '../sandbox-driver.ts'
import type { HostHelper } from './host-helper.ts'
import { findSandboxes } from './own-sandboxes.ts'

export interface UsageDeps {
  docker: Docker
  helper: HostHelper
  installation: string
}

/** What every sandbox that runs uses now, in two questions however many there are. */
export async function usage({ docker, helper, installation }: UsageDeps): Promise<SandboxUsage[]> {
  const [{ own }, told] = await Promise.all([findSandboxes(docker, installation), helper.request('usage')])
  const sandboxes = new Map(own.map(({ container, sandbox }) => [container, sandbox]))
  return told.split('\n').flatMap((line) => {
    const [container = '', memoryBytes, cpuNanos, weight] = line.split(' ')
    const sandbox = sandboxes.get(container)
    if (!sandbox) return []
    const yields = Number(weight) <= sandboxLimits.yieldingShares.value
    return [{ sandbox, memoryBytes: Number(memoryBytes), cpuNanos: Number(cpuNanos), yields }]
  })
}
