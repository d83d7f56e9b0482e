import type Docker from 'dockerode'
import { isStatus } from './engine-faults.ts'

/** Removes a container with its anonymous volumes, running or not. Resolves when it is gone, also if it was before. */
export async function removeContainer(container: Docker.Container): Promise<void> {
  try {
    await container.remove({ force: true, v: true })
  } catch (error) {
    if (isStatus(error, 404)) return
    // Somebody else is removing it: wait until they have.
    if (!isStatus(error, 409)) throw error
    await container.wait({ condition: 'removed' }).catch((gone: unknown) => {
      if (!isStatus(gone, 404)) throw gone
    })
  }
}
