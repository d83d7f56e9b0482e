import type { Log } from '../log.ts'
import type { Sandbox, SandboxDriver } from '../sandbox/sandbox-driver.ts'
import type { Store } from '../store/store.ts'

/** Removes sandboxes, whole or in pieces, without ever touching one that is being made. */
export class SandboxRemoval {
  readonly #deps: { store: Store; driver: SandboxDriver; log: Log }
  #sweeping: Promise<void> = Promise.resolve()
  readonly #reserved = new Set<string>()
  /** Those that the log has named. */
  #strangers = new Set<string>()

  constructor(deps: { store: Store; driver: SandboxDriver; log: Log }) {
    this.#deps = deps
  }

  /** Resolves when no sweep goes on. To be awaited before a sandbox is made whose session is already in the store: a later sweep spares it. */
  get swept(): Promise<void> {
    return this.#sweeping
  }

  /** Spares a sandbox that belongs to no session until it is disposed of. Resolves when no sweep goes on, so that it may be made. */
  async reserve(id: string): Promise<Disposable> {
    this.#reserved.add(id)
    await this.#sweeping
    return { [Symbol.dispose]: () => void this.#reserved.delete(id) }
  }

  /** Removes the sandbox and all it owned, also when only part of it is still there. */
  async remove(id: string, known?: Sandbox): Promise<void> {
    const sandbox = known ?? (await this.#deps.driver.get(id))
    if (sandbox) await sandbox.destroy()
    else await this.sweep([id])
  }

  /** Removes every sandbox that belongs to no open session and is not reserved, every checkpoint that the store does not know, and the sandboxes named. */
  sweep(doomed: readonly string[]): Promise<void> {
    const sweep = this.#sweeping.then(() => this.#sweepNow(doomed))
    this.#sweeping = sweep.catch(() => undefined)
    return sweep
  }

  async #sweepNow(doomed: readonly string[]): Promise<void> {
    const { store, driver, log } = this.#deps
    // Before the store is asked: one may be given to a session and no more be reserved meanwhile.
    const keep = new Set(this.#reserved)
    for (const { sandbox } of await store.openSessions()) keep.add(sandbox)
    for (const { sandbox } of await store.resets()) keep.add(sandbox)
    for (const id of this.#reserved) keep.add(id)
    for (const id of doomed) keep.delete(id)
    const checkpoints = await this.#removeUnknownCheckpoints()
    const { strangers, ...removed } = await driver.sweep(keep, 'all')
    this.#tellStrangers(strangers)
    const found = { ...removed, checkpoints }
    if (Object.values(found).some((names) => names.length > 0)) {
      log.info({ found }, 'removed what belonged to no session')
    }
  }

  #tellStrangers(strangers: readonly string[]): void {
    if (strangers.every((name) => this.#strangers.has(name))) return
    this.#strangers = new Set(strangers)
    this.#deps.log.warn(
      { containers: strangers },
      'containers with the labels of our sandboxes that another program made are left alone',
    )
  }

  async #removeUnknownCheckpoints(): Promise<string[]> {
    const { store, driver } = this.#deps
    // In this order: one that is made meanwhile is known before it is there.
    const there = await driver.checkpoints()
    const known = new Set((await store.allCheckpoints()).map(({ id }) => id))
    const unknown = there.map(({ name }) => name).filter((name) => !known.has(name))
    for (const name of unknown) await driver.removeCheckpoint(name)
    return unknown
  }
}
