import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Keeps one core busy until disposed of. */
export async function keepBusy(): Promise<AsyncDisposable> {
  const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  await once(child, 'spawn')
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
