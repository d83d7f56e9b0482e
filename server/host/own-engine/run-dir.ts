import { mkdir, readdir, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { run } from '../run.ts'
import type { EngineLayout } from './layout.ts'
import { mountsBelow } from './mounts.ts'

/** `f_type` of a tmpfs: linux/magic.h. */
const TMPFS = 0x01021994
/** Half a megabyte was seen beside a few sandboxes; a bound, not taken before it is used. */
const SIZE = '256m'

/**
 * Makes the directory of what an engine keeps while it runs, in memory also where /run is not: every program that is started
 * in a container writes there and waits for it, for 90 ms instead of 10 while somebody fills a disk.
 */
export async function makeRunDir(layout: EngineLayout): Promise<void> {
  const { runDir, tmp } = layout
  await mkdir(runDir, { recursive: true, mode: 0o755 })
  // With files in it, containers of an engine that was killed may go on.
  if ((await statfs(runDir)).type !== TMPFS && (await readdir(runDir)).length === 0)
    await run(['mount', '-t', 'tmpfs', '-o', `mode=0755,size=${SIZE},nosuid,nodev`, 'drydock-run', runDir])
  await mkdir(tmp, { recursive: true, mode: 0o700 })
}

/** Takes away the memory that was mounted there, if it was. */
export async function unmountRunDir({ runDir }: EngineLayout): Promise<void> {
  if ((await mountsBelow(dirname(runDir))).includes(runDir)) await run(['umount', '--lazy', runDir])
}
