import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { DiskUse, SandboxDriver } from '../sandbox/sandbox-driver.ts'
import type { LiveSession } from './live-session.ts'
import { Periodic } from './periodic.ts'

/** How often is looked, in milliseconds: one look at sixty disks takes a few. */
const LOOK_MS = 2_000
/** A disk is told to be nearly full from the first share on, and no more below the second: else the line would come and go. */
const FULL = 0.95
const ROOMY = 0.9

/** What of a disk is nearly used up, as whole percent of it. */
export interface NearlyFull {
  used: number
  of: 'bytes' | 'files'
}

/** What to say of a disk that is used like this, when `before` was said of it. */
export function nearlyFull(
  use: Pick<DiskUse, 'bytes' | 'files'>,
  before?: NearlyFull,
): NearlyFull | undefined {
  const of = use.files > use.bytes ? 'files' : 'bytes'
  if (use[of] < (before ? ROOMY : FULL)) return undefined
  // A full disk alone is 100%.
  return { used: Math.floor(use[of] * 100), of }
}

export interface DiskWatchDeps {
  driver: Pick<SandboxDriver, 'diskUses'>
  clock: Clock
  log: Log
  /** The sessions that run here. */
  live: () => LiveSession[]
  /** Whether the host engine can be asked. */
  engineReady: () => boolean
  /** What is said of the session's disk has changed. */
  changed: (session: string) => void
}

/** Notices that a student's disk is nearly full, before writing fails. */
export class DiskWatch {
  readonly #deps: DiskWatchDeps
  readonly #looks: Periodic
  #said = new Map<string, NearlyFull>()

  constructor(deps: DiskWatchDeps) {
    this.#deps = deps
    this.#looks = new Periodic({
      ...deps,
      everyMs: LOOK_MS,
      look: () => this.#look(),
      failed: 'how full disks are could not be looked up',
    })
  }

  start(): void {
    this.#looks.start()
  }

  /** Resolves when no look goes on. */
  close(): Promise<void> {
    return this.#looks.close()
  }

  /** Undefined while there is room. */
  of(session: string): NearlyFull | undefined {
    return this.#said.get(session)
  }

  async #look(): Promise<void> {
    const { driver, live, engineReady, changed } = this.#deps
    const running = live().filter(({ paused }) => !paused)
    if (running.length === 0 || !engineReady()) return
    const uses = new Map((await driver.diskUses()).map((use) => [use.sandbox, use]))
    const before = this.#said
    this.#said = new Map()
    for (const { record, sandbox } of live()) {
      const use = uses.get(sandbox.id)
      const said = before.get(record.id)
      const now = use ? nearlyFull(use, said) : said
      if (now) this.#said.set(record.id, now)
      if (now?.used !== said?.used || now?.of !== said?.of) changed(record.id)
    }
  }
}
