import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestPlace, until } from './test-server.ts'

export interface ServerProcess {
  url: string
  process: ChildProcess
  /** All that it has printed. */
  said(): string
  /** Ends it as a power cut would, or as Ctrl-C does; resolves when it is gone, also if it was before. */
  end(signal: 'SIGKILL' | 'SIGINT'): Promise<void>
}

const script = `
const { startServer } = await import(process.env.MAIN)
const { config, host } = JSON.parse(process.env.PLACE)
const server = await startServer(config, host)
process.once('SIGINT', () => server.close())
process.stdout.write('url ' + server.url + '\\n')`

/** A server as a process of its own under plain node. Throws what it printed should it not start. */
export async function serverProcess({
  config,
  host,
}: Pick<TestPlace, 'config' | 'host'>): Promise<ServerProcess> {
  const env = [
    `MAIN=${new URL('./main.ts', import.meta.url).href}`,
    `PLACE=${JSON.stringify({ config, host })}`,
  ]
  // `env` becomes node: it is node that a signal ends.
  const child = spawn('env', [...env, process.execPath, '--input-type=module', '-e', script])
  let said = ''
  const hear = (chunk: Buffer) => {
    said += chunk.toString('latin1')
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const closed = once(child, 'close')
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await closed
  }
  const url = await until(
    async () => ({ found: /url (\S+)/.exec(said)?.[1], ended: child.exitCode, said }),
    ({ found, ended }) => found !== undefined || ended !== null,
  )
  if (!url.found) throw new Error(said)
  return { url: url.found, process: child, said: () => said, end }
}
