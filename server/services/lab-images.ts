import type { Log } from '../log.ts'
import type { SandboxDriver } from '../sandbox/sandbox-driver.ts'
import type { Catalogue } from './catalogue.ts'

export interface BuiltImages {
  labs: readonly { name: string; id: string }[]
  /** Images of courses that cannot be had, and why. */
  faults: readonly { name: string; message: string }[]
}

export interface LabImagesDeps {
  /** What the host engine has. */
  built: BuiltImages
  /** Builds what is missing of the images as their folders are now. */
  build: (signal: AbortSignal) => Promise<BuiltImages>
  driver: Pick<SandboxDriver, 'prepareImages'>
  catalogue: Catalogue
  log: Log
}

/** The images that new sandboxes start with, kept up with their folders. Sandboxes that are there keep theirs. */
export class LabImages {
  readonly #deps: LabImagesDeps
  readonly #current = new Map<string, string>()
  readonly #abort = new AbortController()
  #work: Promise<void> | undefined
  #again = false

  constructor(deps: LabImagesDeps) {
    this.#deps = deps
    this.#use(deps.built)
  }

  /** The name that a student sees to the image's id, as a sandbox made now has them. One map that changes in one step. */
  get current(): ReadonlyMap<string, string> {
    return this.#current
  }

  /** Builds the images anew and uses them, one time after the other. Resolves when new sandboxes have them; what fails is logged and leaves all as it was. */
  refresh(): Promise<void> {
    if (this.#work) this.#again = true
    this.#work ??= this.#refreshAll().finally(() => {
      this.#work = undefined
    })
    return this.#work
  }

  async close(): Promise<void> {
    this.#again = false
    this.#abort.abort()
    await this.#work
  }

  async #refreshAll(): Promise<void> {
    do {
      this.#again = false
      if (this.#abort.signal.aborted) return
      try {
        await this.#refresh()
      } catch (err) {
        if (!this.#abort.signal.aborted)
          this.#deps.log.error(
            { err },
            'the lab images stay as they were: what is in their folders cannot be used',
          )
      }
    } while (this.#again)
  }

  async #refresh(): Promise<void> {
    const { build, driver, catalogue } = this.#deps
    const { signal } = this.#abort
    const built = await Promise.race([build(signal), rejectedBy(signal)])
    if (this.#differs(built)) {
      const use = await driver.prepareImages(built.labs)
      // In one step, so that a session never remembers other images than its sandbox has.
      use()
    }
    this.#use(built)
    await catalogue.reload()
  }

  #differs({ labs }: BuiltImages): boolean {
    return labs.length !== this.#current.size || labs.some(({ name, id }) => this.#current.get(name) !== id)
  }

  #use({ labs, faults }: BuiltImages): void {
    this.#current.clear()
    for (const { name, id } of labs) this.#current.set(name, id)
    this.#deps.catalogue.imageFaults = new Map(faults.map(({ name, message }) => [name, message]))
  }
}

/** A build may wait for another process's, which does not hear of the signal. */
function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
