import Docker from 'dockerode'
import type { HostReady } from './prepare.ts'

/** Removes the containers that a filter of the engine's list finds, running or not; answers with what they were. */
export async function removeContainers(host: HostReady, filters: { label: string[] }): Promise<string[]> {
  const docker = new Docker({ socketPath: host.socketPath })
  const containers = await docker.listContainers({ all: true, filters })
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })))
  return containers.map(({ Names, Image }) => `container ${Names[0]} of ${Image}`)
}
