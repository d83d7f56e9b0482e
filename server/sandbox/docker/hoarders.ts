import type Docker from 'dockerode'
import { machineAlarms, sandboxLimits } from '../limits.ts'
import type { Hoarder } from '../sandbox-driver.ts'
import type { HostHelper } from './host-helper.ts'
import { findSandboxes } from './own-sandboxes.ts'

/** Counted up to here in a sandbox. */
const COUNTED = 10_000

export interface HoardersDeps {
  docker: Docker
  helper: HostHelper
  installation: string
}

/** The sandboxes that have more than their share of what is running out on the machine. Of one that ends meanwhile nothing is said. */
export async function hoarders({ docker, helper, installation }: HoardersDeps): Promise<Hoarder[]> {
  const numbers = (text: string) => {
    const [cgroups = 0, ptys = 0] = text.trim().split(/\s+/).map(Number)
    return { cgroups, ptys }
  }
  const taken = numbers(await helper.request('taken'))
  const scarce = (['cgroups', 'ptys'] as const).filter((what) => taken[what] > machineAlarms[what].value)
  if (scarce.length === 0) return []
  const found: Hoarder[] = []
  for (const { container, sandbox } of (await findSandboxes(docker, installation)).own) {
    const theirs = numbers(await helper.request('taken_by', container, COUNTED).catch(() => ''))
    const what = scarce.find((each) => theirs[each] > sandboxLimits[each].value)
    if (what) found.push({ sandbox, what, count: theirs[what] })
  }
  return found
}
