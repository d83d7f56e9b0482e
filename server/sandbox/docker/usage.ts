import type Docker from 'dockerode'
import type { SandboxUsage } from '../sandbox-driver.ts'
import type { HostHelper } from './host-helper.ts'
import { labelFilter, labelNames } from './labels.ts'

export interface UsageDeps {
  docker: Docker
  helper: HostHelper
  installation: string
}

/** What every sandbox that runs uses now, in two questions however many there are. */
export async function usage({ docker, helper, installation }: UsageDeps): Promise<SandboxUsage[]> {
  const [containers, told] = await Promise.all([
    docker.listContainers({ filters: labelFilter(installation, 'sandbox') }),
    helper.request('usage'),
  ])
  const sandboxes = new Map(containers.map(({ Id, Labels }) => [Id, Labels[labelNames.sandbox]]))
  return told.split('\n').flatMap((line) => {
    const [container = '', memoryBytes, cpuNanos] = line.split(' ')
    const sandbox = sandboxes.get(container)
    return sandbox ? [{ sandbox, memoryBytes: Number(memoryBytes), cpuNanos: Number(cpuNanos) }] : []
  })
}
