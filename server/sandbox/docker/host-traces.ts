import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type Docker from 'dockerode'

/** For tests on the host itself: everything there that bears a sandbox's id. */
export async function hostTraces(docker: Docker, id: string): Promise<string[]> {
  const containers = await docker.listContainers({ all: true, filters: { label: [`drydock.sandbox=${id}`] } })
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(id))
  const loops = execFileSync('losetup', ['-nlO', 'NAME,BACK-FILE'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(id))
  return [...containers.map(({ Names }) => `container ${Names[0]}`), ...mounts, ...loops]
}
