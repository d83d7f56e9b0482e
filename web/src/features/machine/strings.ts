import type { Session } from '../../../../server/contract/session.ts'
import { capacity } from '../../ui/format.ts'

export const strings = {
  title: 'Images and tools',
  offline: 'No internet',
  offlineWhy:
    'This lab has no internet and no registry: `docker pull` of anything else fails, and so does `apt install`. All that the tasks need is here.',
  images: 'Images',
  tools: 'Tools',
  limits: 'What your machine may use',
  size: ({ memoryBytes, diskBytes, pids, cpus }: NonNullable<Session['size']>) =>
    [
      `${capacity(memoryBytes)} of memory`,
      `${capacity(diskBytes)} of disk`,
      `${pids} processes`,
      ...(cpus === null ? [] : [cpus === 1 ? '1 CPU' : `${cpus} CPUs`]),
    ].join(', '),
}
