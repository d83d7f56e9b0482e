import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createServer } from 'vite'
import { loadConfig } from '../config.ts'
import { prepareHost } from '../host/prepare.ts'
import { lineReport } from '../host/report.ts'
import type { Command } from './command.ts'

const root = resolve(import.meta.dirname, '../..')
const WATCHED = ['server', 'checks', 'labs']
/** An editor writes a file in several steps; they are one change. */
const SETTLED_AFTER_MS = 200

/** Runs the server, anew when a file of it changes, and the web client with hot reload in front of it. */
export const dev: Command = async ({ signal, print }) => {
  const config = loadConfig()
  await prepareHost(config, lineReport(print), signal)
  const target = `http://${config.host}:${config.port}`
  // The client asks its own origin; the server must see its own again, or it refuses the door.
  const proxy = { target, changeOrigin: true, headers: { origin: target } }
  const ours = process.listeners('SIGTERM')
  const vite = await createServer({
    configFile: join(root, 'web/vite.config.ts'),
    server: { proxy: { '/api': proxy, '/socket.io': { ...proxy, ws: true } } },
  })
  // Vite ends the process at SIGTERM, which would leave the server running.
  for (const listener of process.listeners('SIGTERM'))
    if (!ours.includes(listener)) process.off('SIGTERM', listener)
  await vite.listen()
  print(`\nThe page with hot reload: ${vite.resolvedUrls?.local[0]}`)
  while (!signal.aborted) {
    const server = serve()
    const changed = await nextChange(signal)
    await end(server)
    if (changed) print(`\n${changed} changed; starting again`)
  }
  await vite.close()
  return 0
}

function serve(): ChildProcess {
  return spawn(process.execPath, [join(root, 'server/cli/main.ts'), 'serve'], { stdio: 'inherit' })
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exit = once(server, 'exit')
  server.kill('SIGTERM')
  await exit
}

/** The file that changes next; undefined when the signal comes first. */
async function nextChange(signal: AbortSignal): Promise<string | undefined> {
  const settled = new AbortController()
  const both = AbortSignal.any([signal, settled.signal])
  let last: string | undefined
  const look = async (folder: string) => {
    for await (const { filename } of watch(join(root, folder), { recursive: true, signal: both })) {
      if (filename === null || filename.includes('.test.')) continue
      last ??= `${folder}/${filename}`
      setTimeout(() => settled.abort(), SETTLED_AFTER_MS)
    }
  }
  await Promise.all(WATCHED.map((folder) => look(folder).catch(ignoreAbort)))
  return signal.aborted ? undefined : last
}

function ignoreAbort(error: Error): void {
  if (error.name !== 'AbortError') throw error
}
