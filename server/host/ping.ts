import Docker from 'dockerode'

const WITHIN_MS = 3_000

/** Whether an engine answers at that socket within 3 s. */
export async function pingEngine(socketPath: string): Promise<boolean> {
  const docker = new Docker({ socketPath, timeout: WITHIN_MS })
  return await docker.ping().then(
    () => true,
    () => false,
  )
}
