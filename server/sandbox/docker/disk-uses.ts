import type { DiskUse } from '../sandbox-driver.ts'
import type { HostHelper } from './host-helper.ts'

/** How full the disk of every sandbox of this installation is, in one look. */
export async function diskUses(helper: HostHelper): Promise<DiskUse[]> {
  const told = await helper.request('fullness')
  return told.split('\n').flatMap((line) => {
    const [sandbox, ...numbers] = line.split(' ')
    const [blocks = 0, freeBlocks = 0, inodes = 0, freeInodes = 0] = numbers.map(Number)
    if (!sandbox || blocks === 0 || inodes === 0) return []
    return [{ sandbox, bytes: 1 - freeBlocks / blocks, files: 1 - freeInodes / inodes }]
  })
}
