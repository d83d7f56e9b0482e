/**
 * Version of what a sandbox is made of. To be raised when a driver can no longer go on with sandboxes, disks and checkpoints that were
 * made before; what it still can go on with stays in `usable`.
 */
const VERSION = '1'
const usable: readonly string[] = [VERSION]

/** Whether a driver of today can go on with a sandbox of that version. */
export const isUsable = (version: string) => usable.includes(version)

export type ContainerKind = 'sandbox' | 'helper' | 'builder'

export const labelNames = {
  installation: 'drydock.installation',
  sandbox: 'drydock.sandbox',
  kind: 'drydock.kind',
  version: 'drydock.version',
  store: 'drydock.store',
  /** Started ahead for nobody; which session has it since is in the store. */
  pooled: 'drydock.pooled',
} as const

/** The labels that every container of Drydock bears from its birth; a sweep finds it by them. */
export function labels(of: {
  installation: string
  kind: ContainerKind
  sandbox?: string
  store?: string
  pooled?: boolean
}): Record<string, string> {
  return {
    [labelNames.installation]: of.installation,
    [labelNames.kind]: of.kind,
    [labelNames.version]: VERSION,
    ...(of.sandbox && { [labelNames.sandbox]: of.sandbox }),
    ...(of.store && { [labelNames.store]: of.store }),
    ...(of.pooled && { [labelNames.pooled]: 'true' }),
  }
}

/** A filter for all containers of an installation, of one kind where it is named. */
export function labelFilter(installation: string, kind?: ContainerKind): { label: string[] } {
  return {
    label: [`${labelNames.installation}=${installation}`, ...(kind ? [`${labelNames.kind}=${kind}`] : [])],
  }
}
