import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { FolderWatch } from './folder-watch.ts'

const SOON_MS = 1_000
let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'drydock-watch-'))
  return () => rm(root, { recursive: true, force: true })
})

/** Watches; `next` resolves at the first call after `act`, with how often there was one so far. Rejects after a second. */
async function watching(...folders: string[]) {
  let calls = 0
  let heard = () => {}
  const watch = new FolderWatch({
    folders,
    clock: systemClock,
    log: { warn() {} },
    async changed() {
      calls += 1
      heard()
    },
  })
  onTestFinished(() => watch.close())
  await watch.start()
  const next = async (act: () => Promise<unknown>) => {
    const told = new Promise<void>((resolve, reject) => {
      heard = resolve
      setTimeout(() => reject(new Error('nothing was heard')), SOON_MS).unref()
    })
    await act()
    await told
    return calls
  }
  return { next, calls: () => calls, watch }
}

test('a change of a file, a new file and one in a new folder below are heard', async () => {
  await mkdir(join(root, 'labs/one'), { recursive: true })
  const { next } = await watching(join(root, 'labs'))
  await next(() => writeFile(join(root, 'labs/one/lab.yaml'), 'a'))
  await next(() => writeFile(join(root, 'labs/one/lab.yaml'), 'b'))
  await next(() => mkdir(join(root, 'labs/two/tasks'), { recursive: true }))
  await next(() => writeFile(join(root, 'labs/two/tasks/first.md'), 'a'))
  await next(() => rm(join(root, 'labs/two'), { recursive: true }))
})

test('many files at once are one change', async () => {
  await mkdir(join(root, 'labs'))
  const { next } = await watching(join(root, 'labs'))
  const all = Array.from({ length: 500 }, (_, i) => writeFile(join(root, `labs/${i}`), 'a'))
  expect(await next(() => Promise.all(all))).toBeLessThanOrEqual(3)
})

test('a folder that goes and comes back is heard, and what changes in it then', async () => {
  const folder = join(root, 'courses/mine')
  const { next } = await watching(folder)
  await next(() => mkdir(folder, { recursive: true }))
  await next(() => writeFile(join(folder, 'a'), 'a'))
  await next(() => rm(join(root, 'courses'), { recursive: true }))
  await next(() => mkdir(folder, { recursive: true }))
  await next(() => writeFile(join(folder, 'a'), 'a'))
  await mkdir(join(root, 'other'))
  await next(() => rename(folder, join(root, 'was')))
  await next(() => rename(join(root, 'other'), folder))
  await next(() => writeFile(join(folder, 'b'), 'b'))
})

test('nothing is heard of a place beside it, through a link, or once it is closed', async () => {
  await mkdir(join(root, 'labs/one'), { recursive: true })
  await mkdir(join(root, 'far'))
  await symlink(join(root, 'far'), join(root, 'labs/link'))
  const { next, calls, watch } = await watching(join(root, 'labs'))
  await writeFile(join(root, 'beside'), 'a')
  await writeFile(join(root, 'far/a'), 'a')
  expect(await next(() => writeFile(join(root, 'labs/one/a'), 'a'))).toBe(1)
  await writeFile(join(root, 'labs/one/a'), 'b')
  await watch.close()
  expect(calls()).toBe(1)
})
