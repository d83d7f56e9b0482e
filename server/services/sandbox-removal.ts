import type { Log } from '../log.ts'
import type { Sandbox, SandboxDriver } from '../sandbox/sandbox-driver.ts'
import type { Store } from '../store/store.ts'

/** Removes sandboxes, whole or in pieces, without ever touching one that is being made. */
export class SandboxRemoval {
  readonly #deps: { store: Store; driver: SandboxDriver; log: Log }
  #sweeping: Promise<void> = Promise.resolve()

  constructor(deps: { store: Store; driver: SandboxDriver; log: Log }) {
    this.#deps = deps
  }

  /** Resolves when no sweep goes on. To be awaited before a sandbox is made whose session is already in the store: a later sweep spares it. */
  get swept(): Promise<void> {
    return this.#sweeping
  }

  /** Removes the sandbox and all it owned, also when only part of it is still there. */
  async remove(id: string, known?: Sandbox): Promise<void> {
    const sandbox = known ?? (await this.#deps.driver.get(id))
    if (sandbox) await sandbox.destroy()
    else await this.sweep([id])
  }

  /** Removes every sandbox that belongs to no open session, every checkpoint that the store does not know, and the sandboxes named. */
  sweep(doomed: readonly string[]): Promise<void> {
    const sweep = this.#sweeping.then(() => this.#sweepNow(doomed))
    this.#sweeping = sweep.catch(() => undefined)
    return sweep
  }

  async #sweepNow(doomed: readonly string[]): Promise<void> {
    const { store, driver, log } = this.#deps
    const keep = new Set((await store.openSessions()).map(({ sandbox }) => sandbox))
    for (const { sandbox } of await store.resets()) keep.add(sandbox)
    for (const id of doomed) keep.delete(id)
    const checkpoints = new Set((await store.allCheckpoints()).map(({ id }) => id))
    const found = await driver.sweep(keep, checkpoints)
    if (Object.values(found).some((names) => names.length > 0)) {
      log.info({ found }, 'removed what belonged to no session')
    }
  }
}
