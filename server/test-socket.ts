import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The host engine behind a socket that can be cut or stand still: to one server the engine has died or hangs, to nobody else. */
export class TestSocket {
  readonly path: string
  readonly #dir: string
  readonly #target: string
  readonly #open = new Set<Socket>()
  #server: Server | undefined
  #stalled = false
  #watch: { text: string; seen: () => void } | undefined

  constructor(target: string) {
    this.#target = target
    this.#dir = mkdtempSync(join(tmpdir(), 'drydock-engine-'))
    this.path = join(this.#dir, 'docker.sock')
  }

  async open(): Promise<void> {
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ path: this.#target, allowHalfOpen: true })
      this.#forward(near, far, true)
      this.#forward(far, near, false)
    })
    await new Promise<void>((resolve) => this.#server?.listen(this.path, resolve))
  }

  async cut(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server?.close(() => resolve()))
    for (const socket of this.#open) socket.destroy()
    await closed
    rmSync(this.path, { force: true })
  }

  /** From now on it accepts connections and passes nothing on, either way. */
  stall(): void {
    this.#stalled = true
    for (const socket of this.#open) socket.pause()
  }

  /** All that was held back goes on. */
  resume(): void {
    this.#stalled = false
    for (const socket of this.#open) socket.resume()
  }

  /** Calls `seen` once when a request with this text comes, before it is passed on. */
  onRequest(text: string, seen: () => void): void {
    this.#watch = { text, seen }
  }

  #forward(from: Socket, to: Socket, fromServer: boolean): void {
    this.#open.add(from)
    if (this.#stalled) from.pause()
    from.on('error', () => to.destroy())
    from.on('close', () => this.#open.delete(from))
    from.on('end', () => to.end())
    from.on('data', (chunk: Buffer) => {
      const watch = fromServer ? this.#watch : undefined
      if (watch && chunk.includes(watch.text)) {
        this.#watch = undefined
        watch.seen()
      }
      if (to.destroyed || to.write(chunk)) return
      from.pause()
      to.once('drain', () => this.#stalled || from.resume())
    })
  }
}
