import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import type { SandboxProcess } from '../sandbox/sandbox-driver.ts'
import { Attachment, type Viewer } from './attachment.ts'
import { DetachedBudget } from './flow-control.ts'
import { InputLog } from './input-log.ts'
import { OutputRing } from './output-ring.ts'

/** Browsers that look at one terminal at once; the one that came first makes room. */
const MAX_VIEWERS = 4
/** Input that waits because the shell does not read it, in bytes. */
const MAX_PENDING_INPUT = 1024 * 1024
const CLOSE_MS = 3_000

/** One shell in a sandbox, which outlives the browsers that look at it. */
export class Terminal {
  readonly id: string
  readonly #process: SandboxProcess
  readonly #clock: Clock
  readonly #onOutput: (bytes: Buffer) => void
  readonly #onInput: (bytes: number) => void
  readonly #ring = new OutputRing()
  readonly #input = new InputLog()
  readonly #budget = new DetachedBudget()
  readonly #attachments = new Map<Viewer, Attachment>()
  #ending: Promise<void> | undefined
  #exit: { code: number | null } | undefined
  #cancelWait: (() => void) | undefined

  constructor(deps: {
    id: string
    process: SandboxProcess
    clock: Clock
    onOutput: (bytes: Buffer) => void
    onInput: (bytes: number) => void
  }) {
    this.id = deps.id
    this.#process = deps.process
    this.#clock = deps.clock
    this.#onOutput = deps.onOutput
    this.#onInput = deps.onInput
    const { stream } = deps.process
    stream.on('data', (bytes: Buffer) => this.#take(bytes))
    // What broke the stream is told by the exit.
    stream.on('error', () => stream.destroy())
    stream.once('close', () => void this.#ended())
    stream.once('end', () => void this.#ended())
  }

  /** The shell's exit code: undefined while it runs, null when it ended without one. */
  get exit(): number | null | undefined {
    return this.#exit?.code
  }

  /** Sends the output to the viewer, from `from` on as far as it is still held, and all that follows. */
  attach(viewer: Viewer, from: number | undefined): void {
    this.#attachments.get(viewer)?.stop()
    this.#attachments.delete(viewer)
    const { oldest, head } = this.#ring
    const start = from !== undefined && from >= oldest ? Math.min(from, head) : this.#ring.replayStart()
    const attachment: Attachment = new Attachment({
      ring: this.#ring,
      viewer,
      clock: this.#clock,
      from: start,
      onStalled: () => this.#cut(viewer, attachment),
    })
    this.#attachments.set(viewer, attachment)
    if (this.#attachments.size > MAX_VIEWERS) {
      const [first] = this.#attachments
      if (first) this.#cut(...first)
    }
    viewer.attached(start, head)
    attachment.poke()
    if (this.#exit) attachment.end(this.#exit.code)
    this.#regulate()
  }

  detach(viewer: Viewer): void {
    this.#attachments.get(viewer)?.stop()
    if (this.#attachments.delete(viewer)) this.#regulate()
  }

  acknowledge(viewer: Viewer, offset: number): void {
    this.#attachments.get(viewer)?.acknowledge(offset)
    this.#regulate()
  }

  /** Types the bytes, unless this message of that writer was typed before; resolves when they are on their way. Throws `terminal-busy` when the shell reads nothing. */
  type(writer: string, seq: number, data: Uint8Array): Promise<void> {
    const { stream } = this.#process
    return new Promise((resolve, reject) => {
      if (this.#ending || !stream.writable) resolve()
      else if (stream.writableLength + data.length > MAX_PENDING_INPUT)
        reject(new DrydockError('terminal-busy'))
      else if (!this.#input.take(writer, seq)) resolve()
      else {
        this.#onInput(data.length)
        stream.write(data, () => resolve())
      }
    })
  }

  async resize(cols: number, rows: number): Promise<void> {
    if (!this.#ending) await this.#process.resize(cols, rows)
  }

  /** Ends the shell and what runs in it; resolves when it has ended, or after a bound. */
  async close(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const cancel = this.#clock.after(CLOSE_MS, resolve)
    this.#process.stream.destroy()
    await Promise.race([this.#ended(), late])
    cancel()
  }

  #take(bytes: Buffer): void {
    this.#ring.append(bytes)
    this.#onOutput(bytes)
    for (const [viewer, attachment] of this.#attachments) {
      if (attachment.isLost) this.#cut(viewer, attachment)
      else attachment.poke()
    }
    this.#regulate(bytes.length)
  }

  /** Reads the shell while somebody keeps up with it, and slowly while nobody looks. */
  #regulate(taken = 0): void {
    const { stream } = this.#process
    if (this.#attachments.size > 0) {
      this.#cancelWait?.()
      this.#cancelWait = undefined
      const allBehind = [...this.#attachments.values()].every((attachment) => attachment.isBehind)
      if (allBehind) stream.pause()
      else stream.resume()
      return
    }
    if (this.#cancelWait) return
    const wait = this.#budget.take(taken, this.#clock.now())
    if (wait === 0) {
      stream.resume()
      return
    }
    stream.pause()
    this.#cancelWait = this.#clock.after(wait, () => {
      this.#cancelWait = undefined
      this.#regulate()
    })
  }

  #cut(viewer: Viewer, attachment: Attachment): void {
    this.#attachments.delete(viewer)
    attachment.cut()
    this.#regulate()
  }

  #ended(): Promise<void> {
    this.#ending ??= this.#process.exit.then((code) => {
      this.#exit = { code: code ?? null }
      this.#cancelWait?.()
      for (const attachment of this.#attachments.values()) attachment.end(this.#exit.code)
    })
    return this.#ending
  }
}
