import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { hashFolder, shortHash } from './images/content-hash.ts'
import { withHostLock } from './lock.ts'
import type { Step } from './report.ts'
import { run } from './run.ts'

const root = resolve(import.meta.dirname, '../..')
const dist = join(root, 'web/dist')
const STAMP = '.made-from'

/** Builds the web client into web/dist when anything it is made from changed since the last time. */
export async function buildWeb(step: Step, signal?: AbortSignal): Promise<void> {
  await withHostLock(
    `web-${shortHash(root)}`,
    () => step.progress('another Drydock builds it'),
    async () => {
      const inputs = shortHash([
        await hashFolder(join(root, 'web'), new Set(['dist', 'dist.new', 'e2e', 'node_modules'])),
        await hashFolder(join(root, 'server/contract')),
        await readFile(join(root, 'package-lock.json'), 'utf8'),
      ])
      const made = await readFile(join(dist, STAMP), 'utf8').catch(() => '')
      if (made === inputs) return
      const fresh = join(root, 'web/dist.new')
      await rm(fresh, { recursive: true, force: true })
      await mkdir(fresh)
      const vite = [process.execPath, join(root, 'node_modules/vite/bin/vite.js')] as const
      await run([...vite, 'build', 'web', '--outDir', fresh, '--emptyOutDir'], {
        cwd: root,
        signal,
        onLine: step.progress,
      })
      await writeFile(join(fresh, STAMP), inputs)
      // In one go: a build that is interrupted leaves the old client, never half of a new one.
      await rm(dist, { recursive: true, force: true })
      await rename(fresh, dist)
      step.outcome('built')
    },
  )
}
