import { connect, createServer, type Server, type Socket } from 'node:net'

/**
 * Runs `work` while no other process of this machine runs work under the same name. The lock is an
 * abstract Unix socket: the kernel gives it back also when its holder is killed, and no file stays.
 * `onWait` is called once when another process holds it.
 */
export async function withHostLock<T>(name: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const address = `\0drydock/${name}`
  let waited = false
  for (;;) {
    const release = await take(address)
    if (release) return await work().finally(release)
    if (!waited) onWait()
    waited = true
    await untilReleased(address)
  }
}

/** Takes the lock of that name until it is released or the process ends; undefined when another process holds it. */
export function tryHostLock(name: string): Promise<(() => void) | undefined> {
  return take(`\0drydock/${name}`)
}

async function take(address: string): Promise<(() => void) | undefined> {
  const waiting = new Set<Socket>()
  const server: Server = createServer((socket) => {
    waiting.add(socket)
    socket.on('error', () => {}).on('close', () => waiting.delete(socket))
  })
  const taken = await new Promise<boolean>((resolve, reject) => {
    server.once('listening', () => resolve(true))
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    server.listen(address)
  })
  if (!taken) return undefined
  server.unref()
  return () => {
    server.close()
    for (const socket of waiting) socket.destroy()
  }
}

/** A connection to the holder ends when the holder releases the lock or dies. */
function untilReleased(address: string): Promise<void> {
  return new Promise((resolve) => {
    connect(address)
      .on('error', () => {})
      .on('close', () => resolve())
  })
}
