import type Docker from 'dockerode'
import { removeContainer } from './remove-container.ts'
import { lastWords } from './sandbox-start.ts'

/** Runs a container to its end, removes it, and answers with its exit code and the last it printed. */
export async function runOnce(
  docker: Docker,
  options: Docker.ContainerCreateOptions,
): Promise<{ code: number; output: string }> {
  const container = await docker.createContainer(options)
  try {
    await container.start()
    const { StatusCode } = (await container.wait()) as { StatusCode: number }
    return { code: StatusCode, output: StatusCode === 0 ? '' : await lastWords(container) }
  } finally {
    await removeContainer(container)
  }
}
