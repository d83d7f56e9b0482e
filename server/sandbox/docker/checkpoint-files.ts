import { sandboxOf } from '../checkpoint-name.ts'
import type { CheckpointFile } from '../sandbox-driver.ts'
import type { HostHelper } from './host-helper.ts'

/** The whole checkpoints of this installation, as the host helper finds them. */
export async function checkpointFiles(helper: HostHelper): Promise<CheckpointFile[]> {
  const text = await helper.request('list_checkpoints')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [name = '', bytes] = line.split(' ')
      return { name, sandbox: sandboxOf(name), bytes: Number(bytes) }
    })
}
