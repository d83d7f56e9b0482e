import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Sandbox, SandboxDriver, SandboxNames, SandboxSize } from '../sandbox/sandbox-driver.ts'
import { newSandboxId } from '../sandbox/sandbox-id.ts'
import type { SandboxRemoval } from './sandbox-removal.ts'
import { isSameSize } from './session-size.ts'

/** Demand is the starts of so long, in milliseconds: a class comes within a few minutes. */
const DEMAND_MS = 10 * 60_000
/** How often is looked whether the pool is too large, or can be filled after all. */
const TEND_MS = 30_000
/** So long after somebody came the machine is left to them: a terminal opens, setup.sh runs. Milliseconds. */
const QUIET_MS = 3_000
/** What a sandbox shows of a lab before it is one's. */
const NOBODYS: SandboxNames = { hostname: 'drydock', motd: '' }

export interface PoolSize {
  /** Kept ready whatever the demand. */
  floor: number
  /** Never more ready; 0 for no pool. */
  ceiling: number
}

/** That of the installation, from its settings. */
export function poolOf({ poolFloor, poolCeiling }: { poolFloor: number; poolCeiling: number }): PoolSize {
  return { floor: Math.min(poolFloor, poolCeiling), ceiling: poolCeiling }
}

export interface WarmPoolDeps {
  driver: Pick<SandboxDriver, 'create'>
  removal: Pick<SandboxRemoval, 'reserve' | 'remove'>
  /** The lab images of a sandbox that is made now. */
  images: ReadonlyMap<string, string>
  clock: Clock
  log: Log
  size: PoolSize
  /** What each of them may use. */
  each: SandboxSize
  /** Whether the machine can be given to nobody yet: no person waits or starts, and there is room. */
  mayGrow: () => Promise<boolean>
}

export interface Claimed extends Disposable {
  sandbox: Sandbox
  /** Its lab images: the name that a student sees to the id. */
  images: Record<string, string>
}

/** One started ahead; it is spared by sweeps until it is disposed of. */
type Ahead = Claimed

/**
 * Sandboxes started ahead, of one kind for all labs: what a lab shows is set at the claim. As many are kept as were
 * asked for lately, one is made at a time, and only while nobody waits. They belong to no session, so those of a server
 * that was killed go with the next one's first sweep.
 */
export class WarmPool {
  readonly #deps: WarmPoolDeps
  readonly #ahead: Ahead[] = []
  #asked: number[] = []
  #lastAsked = Number.NEGATIVE_INFINITY
  #making: Promise<Ahead | undefined> | undefined
  /** Somebody has begun to wait for the one that is being made. */
  #promised = false
  #tending: Promise<void> | undefined
  #cancel: (() => void) | undefined
  readonly #closing = new AbortController()

  constructor(deps: WarmPoolDeps) {
    this.#deps = deps
  }

  /** How many can be claimed now. */
  get ready(): number {
    return this.#ahead.filter((each) => this.#isCurrent(each)).length
  }

  /** How many should be ready, as things are. */
  get target(): number {
    const { clock, size } = this.#deps
    const since = clock.now() - DEMAND_MS
    this.#asked = this.#asked.filter((at) => at > since)
    return Math.min(size.ceiling, Math.max(size.floor, this.#asked.length))
  }

  /** A sandbox with these names for who starts now; undefined when there is none. It is spared by sweeps until disposed of: by then the store must know whose it is. */
  async claim(names: SandboxNames, size: SandboxSize): Promise<Claimed | undefined> {
    const { clock, log } = this.#deps
    // Another size cannot be given to one that runs: its first process has divided it up.
    if (this.#deps.size.ceiling === 0 || !isSameSize(size, this.#deps.each)) return undefined
    this.#lastAsked = clock.now()
    this.#asked.push(this.#lastAsked)
    for (let next = await this.#next(); next; next = await this.#next()) {
      try {
        await next.sandbox.claim(names)
        return next
      } catch (err) {
        log.warn({ err, sandbox: next.sandbox.id }, 'a sandbox that was started ahead is of no use')
        await this.#discard(next)
      }
    }
    return undefined
  }

  /** Makes or removes until there are as many as there should be. Never throws. */
  tend(): void {
    if (this.#closing.signal.aborted || this.#deps.size.ceiling === 0) return
    this.#tending ??= this.#tendNow()
      .catch((err: unknown) => {
        this.#deps.log.warn({ err }, 'no sandbox could be started ahead')
        return TEND_MS
      })
      .then((next) => {
        this.#tending = undefined
        this.#cancel?.()
        if (!this.#closing.signal.aborted) this.#cancel = this.#deps.clock.after(next, () => this.tend())
      })
  }

  /** Removes all that nobody has claimed. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#cancel?.()
    await this.#tending
    await Promise.all(this.#ahead.splice(0).map((each) => this.#discard(each)))
  }

  async #next(): Promise<Ahead | undefined> {
    for (let first = this.#ahead.shift(); first; first = this.#ahead.shift()) {
      if (this.#isCurrent(first)) return first
      void this.#discard(first)
    }
    if (!this.#making || this.#promised) return undefined
    // It is further than one that would be begun now.
    this.#promised = true
    const made = await this.#making
    if (!made || this.#isCurrent(made)) return made
    await this.#discard(made)
    return undefined
  }

  /** Answers with when to look again, in milliseconds. */
  async #tendNow(): Promise<number> {
    const { clock, mayGrow } = this.#deps
    await this.#removeOld()
    while (this.ready < this.target && !this.#closing.signal.aborted) {
      const quiet = this.#lastAsked + QUIET_MS - clock.now()
      if (quiet > 0) return quiet
      if (!(await mayGrow())) return TEND_MS
      this.#promised = false
      this.#making = this.#make()
      const made = await this.#making.finally(() => {
        this.#making = undefined
      })
      if (!made) return TEND_MS
      if (!this.#promised) this.#ahead.push(made)
    }
    return TEND_MS
  }

  /** Those over another set of images, those that do not run any more, and those too many. */
  async #removeOld(): Promise<void> {
    const runs = await Promise.all(this.#ahead.map(({ sandbox }) => sandbox.state().catch(() => 'gone')))
    const dead = this.#ahead.filter((each, i) => runs[i] !== 'running' || !this.#isCurrent(each))
    const surplus = this.#ahead.filter((each) => !dead.includes(each)).slice(this.target)
    for (const each of [...dead, ...surplus]) {
      const at = this.#ahead.indexOf(each)
      // Claimed meanwhile.
      if (at < 0) continue
      this.#ahead.splice(at, 1)
      await this.#discard(each)
    }
  }

  /** Undefined when it did not start: then it is tried again later. */
  async #make(): Promise<Ahead | undefined> {
    const { driver, removal, log, images, each: size } = this.#deps
    const id = newSandboxId()
    const reserved = await removal.reserve(id)
    try {
      // Read in the same step in which the driver decides on a store.
      const over = Object.fromEntries(images)
      const signal = this.#closing.signal
      const sandbox = await driver.create({ ...NOBODYS, id, size, pooled: true }, { signal })
      return { sandbox, images: over, [Symbol.dispose]: () => reserved[Symbol.dispose]() }
    } catch (err) {
      reserved[Symbol.dispose]()
      if (!this.#closing.signal.aborted) log.warn({ err }, 'a sandbox could not be started ahead')
      return undefined
    }
  }

  async #discard(ahead: Ahead): Promise<void> {
    const { removal, log } = this.#deps
    const { sandbox } = ahead
    try {
      await removal.remove(sandbox.id, sandbox)
    } catch (err) {
      log.warn(
        { err, sandbox: sandbox.id },
        'a sandbox that nobody claimed is left; the next sweep removes it',
      )
    } finally {
      ahead[Symbol.dispose]()
    }
  }

  #isCurrent({ images }: Ahead): boolean {
    const now = this.#deps.images
    return Object.keys(images).length === now.size && [...now].every(([name, id]) => images[name] === id)
  }
}
