import { basename } from 'node:path'
import type Docker from 'dockerode'
import { DrydockError } from '../../errors.ts'
import { nameFault } from './engine-faults.ts'

/** Root in the sandbox is root on the host. */
export const UNMAPPED = '0:0'

/** What the driver must know of the host engine. */
export interface HostFacts {
  /** `UID:GID` of the host that are root in every sandbox. */
  owner: string
  cores: number
  appArmor: boolean
}

/**
 * Asks the host engine. The remapped range is in the name of its root directory (`…/100000.100000`); it is read, never assumed.
 * Throws `engine-unreachable`, or `engine-unsafe` when user namespaces are not remapped and that was not allowed by name.
 */
export async function hostFacts(docker: Docker, allowUnmapped: boolean): Promise<HostFacts> {
  const info = await docker.info().catch((error: unknown) => {
    throw nameFault(error)
  })
  const security: string[] = info.SecurityOptions ?? []
  const range = /^(\d+)\.(\d+)$/.exec(basename(info.DockerRootDir))
  const remapped = range && security.some((option) => option.startsWith('name=userns'))
  if (!remapped && !allowUnmapped) throw new DrydockError('engine-unsafe')
  return {
    owner: remapped ? `${range[1]}:${range[2]}` : UNMAPPED,
    cores: info.NCPU,
    appArmor: security.some((option) => option.startsWith('name=apparmor')),
  }
}
