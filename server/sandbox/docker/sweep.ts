import type Docker from 'dockerode'
import type { SweepReport } from '../sandbox-driver.ts'
import { checkpointFiles } from './checkpoint-files.ts'
import type { HostHelper } from './host-helper.ts'
import { labelFilter, labelNames } from './labels.ts'
import { findSandboxes } from './own-sandboxes.ts'
import { removeContainer } from './remove-container.ts'

interface Leftover {
  kind: 'mount' | 'loop'
  sandbox: string
  place: string
}

const lines = (text: string) => text.split('\n').filter(Boolean)

/**
 * Removes what belongs to no kept sandbox, in the order in which things hold one another: containers (with shims and cgroups
 * that a killed host engine forgot), disks with their mounts, loop devices, checkpoints, then stores that nothing refers to.
 */
export async function sweep(
  deps: { docker: Docker; helper: HostHelper; installation: string },
  keep: ReadonlySet<string>,
  checkpoints: ReadonlySet<string> | 'all',
): Promise<SweepReport> {
  const { docker, helper, installation } = deps
  const report: SweepReport = {
    containers: [],
    disks: [],
    mounts: [],
    loops: [],
    checkpoints: [],
    cgroups: [],
    strangers: [],
  }

  const before = await leftovers(helper)
  const { own, strangers } = await findSandboxes(docker, installation, { all: true })
  report.strangers.push(...strangers)
  const doomed = own.filter(({ sandbox }) => !keep.has(sandbox)).map(({ container }) => container)
  const filters = labelFilter(installation, 'builder')
  for (const { Id, Labels } of await docker.listContainers({ all: true, filters }))
    if (!keep.has(Labels[labelNames.sandbox] ?? '')) doomed.push(Id)
  for (const id of doomed) {
    await helper.request('unpause', id)
    await removeContainer(docker.getContainer(id))
    await helper.request('scrub', id)
    report.containers.push(id)
  }
  for (const id of lines(await helper.request('list_disks'))) {
    if (keep.has(id)) continue
    // The engine may have forgotten the container, not so the machine.
    report.cgroups.push(...lines(await helper.request('scrub_of', id)))
    await helper.request('drop_disk', id)
    report.disks.push(id)
  }
  const gone = new Set((await leftovers(helper)).map(({ place }) => place))
  for (const { kind, sandbox, place } of before) {
    if (keep.has(sandbox)) continue
    if (kind === 'mount') report.mounts.push(place)
    else {
      // A loop device whose file was removed under it does not free itself when nothing mounts it.
      if (gone.has(place)) await helper.request('drop_loop', place)
      report.loops.push(place)
    }
  }
  for (const { name } of await checkpointFiles(helper)) {
    if (checkpoints === 'all' || checkpoints.has(name)) continue
    await helper.request('drop_checkpoint', name)
    report.checkpoints.push(name)
  }
  await helper.request('prune_images')
  return report
}

async function leftovers(helper: HostHelper): Promise<Leftover[]> {
  return lines(await helper.request('leftovers')).map((line) => {
    const [kind, sandbox = '', place = ''] = line.split(' ')
    return { kind: kind === 'mount' ? 'mount' : 'loop', sandbox, place }
  })
}
