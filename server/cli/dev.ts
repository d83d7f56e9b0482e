import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { createServer } from 'vite'
import { loadConfig } from '../config.ts'
import { prepareHost } from '../host/prepare.ts'
import { lineReport } from '../host/report.ts'
import type { Command } from './command.ts'

const root = resolve(import.meta.dirname, '../..')

/** Runs the server, anew when a file of it changes, and the web client with hot reload in front of it. */
export const dev: Command = async ({ signal, print }) => {
  const config = loadConfig()
  await prepareHost(config, lineReport(print), signal)
  const target = `http://${config.host}:${config.port}`
  // The client asks its own origin; the server must see its own again, or it refuses the door.
  const proxy = { target, changeOrigin: true, headers: { origin: target } }
  const vite = await createServer({
    configFile: join(root, 'web/vite.config.ts'),
    server: { proxy: { '/api': proxy, '/socket.io': { ...proxy, ws: true } } },
  })
  await vite.listen()
  const watched = ['server', 'checks', 'labs'].map((folder) => `--watch-path=${join(root, folder)}`)
  const server = spawn(
    process.execPath,
    [...watched, '--watch-preserve-output', join(root, 'server/cli/main.ts'), 'serve'],
    { stdio: 'inherit' },
  )
  print(`\nThe page with hot reload: ${vite.resolvedUrls?.local[0]}`)
  if (!signal.aborted) await Promise.race([once(signal, 'abort'), once(server, 'exit')])
  await vite.close()
  if (server.exitCode === null) {
    server.kill('SIGTERM')
    await once(server, 'exit')
  }
  return 0
}
