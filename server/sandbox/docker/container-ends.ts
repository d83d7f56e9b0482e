import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { labelFilter } from './labels.ts'

/**
 * Tells when containers of this installation end. Needed because the host engine (20.10 at least) may leave a program's
 * connection open for ever when its container ends under it.
 */
export class ContainerEnds {
  readonly #docker: Docker
  readonly #installation: string
  readonly #listeners = new Map<string, Set<() => void>>()
  #events: Promise<Readable> | undefined

  constructor(deps: { docker: Docker; installation: string }) {
    this.#docker = deps.docker
    this.#installation = deps.installation
  }

  /** Calls `listener` once when that container ends. Resolves when it listens, with the way to stop. */
  async onEnd(containerId: string, listener: () => void): Promise<() => void> {
    const listeners = this.#listeners.get(containerId) ?? new Set()
    this.#listeners.set(containerId, listeners.add(listener))
    const forget = () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(containerId)
    }
    this.#events ??= this.#listen().catch((error: unknown) => {
      this.#events = undefined
      throw error
    })
    await this.#events.catch((error: unknown) => {
      forget()
      throw error
    })
    return forget
  }

  async close(): Promise<void> {
    const events = await this.#events?.catch(() => undefined)
    events?.destroy()
  }

  async #listen(): Promise<Readable> {
    const filters = { ...labelFilter(this.#installation), type: ['container'], event: ['die'] }
    const events = (await this.#docker.getEvents({ filters: JSON.stringify(filters) })) as Readable
    // When the engine ends, so does every program's connection; the next listener opens this anew.
    events.on('close', () => {
      this.#events = undefined
    })
    events.on('error', () => events.destroy())
    const lines = createInterface({ input: events })
    // It passes on the stream's error, which is dealt with above.
    lines.on('error', () => undefined)
    lines.on('line', (line) => {
      const id = idOf(line)
      for (const listener of this.#listeners.get(id) ?? []) listener()
      this.#listeners.delete(id)
    })
    return events
  }
}

/** Empty for a line that an engine's death cut short: then every connection has ended with it. */
function idOf(line: string): string {
  try {
    return (JSON.parse(line) as { id: string }).id
  } catch {
    return ''
  }
}
