import type Docker from 'dockerode'

interface EngineMessage {
  stream?: string
  status?: string
  error?: string
}

/** Follows a build, pull or import to its end, line by line. Throws an Error with the engine's own words when it failed. */
export async function followEngine(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  onLine: (line: string) => void,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const done = (error: Error | null, messages: EngineMessage[] = []) => {
      const failed = messages.find((message) => message.error)?.error
      if (error) reject(error)
      else if (failed) reject(new Error(failed))
      else resolve()
    }
    docker.modem.followProgress(stream, done, (message: EngineMessage) => {
      for (const line of (message.stream ?? message.status ?? '').split('\n')) if (line.trim()) onLine(line)
    })
  })
}
