import type Docker from 'dockerode'
import { nameFault } from './engine-faults.ts'
import { labelFilter, labelNames } from './labels.ts'

export interface OwnSandbox {
  container: string
  sandbox: string
  /** Of what it is made of: see `labels`. */
  version: string
  /** As the engine says it: `running`, `exited`, `paused` ... */
  state: string
}

export interface FoundSandboxes {
  own: OwnSandbox[]
  /** Names of containers that bear the labels of our sandboxes but no name that we give: another program made them. */
  strangers: string[]
}

/** The name of a sandbox's container; nothing else bears it, since names are unique on an engine. */
export const sandboxName = (installation: string, sandbox: string) => `drydock-${installation}-${sandbox}`

/** The containers of this installation's sandboxes, those that do not run too with `all`. Labels alone make none: anybody can write them. Throws `engine-unreachable`. */
export async function findSandboxes(
  docker: Docker,
  installation: string,
  { all = false } = {},
): Promise<FoundSandboxes> {
  const filters = labelFilter(installation, 'sandbox')
  const listed = await docker.listContainers({ all, filters }).catch((error: unknown) => {
    throw nameFault(error)
  })
  const found: FoundSandboxes = { own: [], strangers: [] }
  for (const { Id, Names, Labels, State } of listed) {
    const sandbox = Labels[labelNames.sandbox] ?? ''
    if (/^[0-9a-f]{16}$/.test(sandbox) && Names.includes(`/${sandboxName(installation, sandbox)}`))
      found.own.push({ container: Id, sandbox, version: Labels[labelNames.version] ?? '', state: State })
    else found.strangers.push(Names[0]?.slice(1) ?? Id)
  }
  return found
}
