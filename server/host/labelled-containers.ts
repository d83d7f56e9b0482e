import Docker from 'dockerode'
import type { HostReady } from './prepare.ts'

/** The values that a label has on the engine's containers, running or not. */
export async function labelValues(host: HostReady, label: string): Promise<Set<string>> {
  const docker = new Docker({ socketPath: host.socketPath })
  const containers = await docker.listContainers({ all: true, filters: { label: [label] } })
  return new Set(containers.flatMap(({ Labels }) => Labels[label] ?? []))
}

/** Removes the containers that bear all of these labels (`name=value`), running or not; answers with what they were. */
export async function removeLabelled(host: HostReady, label: string[]): Promise<string[]> {
  const docker = new Docker({ socketPath: host.socketPath })
  const containers = await docker.listContainers({ all: true, filters: { label } })
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })))
  return containers.map(({ Names, Image }) => `container ${Names[0]} of ${Image}`)
}
