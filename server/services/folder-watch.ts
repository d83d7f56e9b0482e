import { type FSWatcher, watch } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

/** An editor writes a file in several steps; they are one change. Counted from the first, so that a steady writer is heard too. */
const GATHER_MS = 100
/** Folders looked at below the given ones, in all: each costs one of the kernel's watches, of which a user has 8192 or more. */
const MAX_FOLDERS = 2_000
const MAX_DEPTH = 8
const SKIPPED = new Set(['node_modules'])

export interface FolderWatchDeps {
  folders: readonly string[]
  clock: Clock
  log: Pick<Log, 'warn'>
  /** Something in the folders is not as it was. Not called again before it is done; what it throws is logged. */
  changed: () => Promise<void>
}

/**
 * Watches folders with all that is below them, also while one is not there: its nearest folder above tells when it comes.
 * One watch a folder and not Node's recursive one, which takes one a file and loses a folder that is made anew. Links and
 * hidden folders are not followed.
 */
export class FolderWatch {
  readonly #deps: FolderWatchDeps
  readonly #watched = new Map<string, { inode: bigint; watcher: FSWatcher }>()
  #cancel: (() => void) | undefined
  #work: Promise<void> = Promise.resolve()
  #closed = false
  #warned = false

  constructor(deps: FolderWatchDeps) {
    this.#deps = deps
  }

  /** Resolves when every change from now on is seen. */
  async start(): Promise<void> {
    await this.#look()
  }

  /** Resolves when nothing is called any more. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancel?.()
    for (const { watcher } of this.#watched.values()) watcher.close()
    this.#watched.clear()
    await this.#work
  }

  #happened(): void {
    if (this.#closed || this.#cancel) return
    this.#cancel = this.#deps.clock.after(GATHER_MS, () => {
      this.#cancel = undefined
      this.#work = this.#work.then(() => this.#settle())
    })
  }

  async #settle(): Promise<void> {
    if (this.#closed) return
    try {
      // First: what is changed in a folder that is new is heard from here on, and what was there before is read below.
      await this.#look()
      await this.#deps.changed()
    } catch (err) {
      this.#deps.log.warn({ err }, 'a change of the labs folders could not be followed')
    }
  }

  /** Watches what is there now, and nothing else. */
  async #look(): Promise<void> {
    const seen = new Set<string>()
    for (const folder of this.#deps.folders) {
      for (let child = folder; dirname(child) !== child; child = dirname(child)) {
        const only = basename(child)
        const above = `${dirname(child)}/\0${only}`
        seen.add(above)
        if (await this.#watch(above, dirname(child), only)) break
      }
      await this.#below(folder, 0, seen)
    }
    for (const [path, { watcher }] of this.#watched) {
      if (seen.has(path)) continue
      watcher.close()
      this.#watched.delete(path)
    }
  }

  async #below(folder: string, depth: number, seen: Set<string>): Promise<void> {
    if (depth > MAX_DEPTH || seen.size >= MAX_FOLDERS)
      return this.#warn(`${folder} is too deep, or one of too many`)
    seen.add(folder)
    // Before it is listed, so that nothing comes in between.
    if (!(await this.#watch(folder, folder))) return
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      if (!entry.isDirectory() || entry.name.startsWith('.') || SKIPPED.has(entry.name)) continue
      await this.#below(join(folder, entry.name), depth + 1, seen)
    }
  }

  /** Watches one folder, for one name in it or all. False when it is not there. */
  async #watch(key: string, folder: string, only?: string): Promise<boolean> {
    const stat = await lstat(folder, { bigint: true }).catch(() => undefined)
    const known = this.#watched.get(key)
    if (known && known.inode === stat?.ino) return true
    known?.watcher.close()
    this.#watched.delete(key)
    if (this.#closed || !(stat?.isDirectory() || (only !== undefined && stat?.isSymbolicLink()))) return false
    try {
      const watcher = watch(folder, (_kind, name) => {
        if (only === undefined || name === only || name === null) this.#happened()
      })
      watcher.on('error', () => this.#happened())
      this.#watched.set(key, { inode: stat.ino, watcher })
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#warn(`${folder}: ${(error as Error).message}`)
      return false
    }
  }

  #warn(what: string): void {
    if (this.#warned) return
    this.#warned = true
    this.#deps.log.warn({ what }, 'not every labs folder can be watched: changes there need a restart')
  }
}
