import type { Clock } from '../clock.ts'
import type { Health } from '../contract/health.ts'
import { DrydockError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { SandboxDriver } from '../sandbox/sandbox-driver.ts'

/** How often the host engine is asked whether it is there. */
const ASK_EVERY_MS = 3_000
/** It answers a question in milliseconds; on a loaded machine in a second. */
export const ANSWER_MS = 10_000
/** After so many questions without an answer, half a minute, it hangs: nobody waits for it any longer. */
const SILENT_QUESTIONS = 3
const LATE = new DrydockError('engine-unreachable', `No answer within ${ANSWER_MS / 1000} s`)

export interface HostEngineDeps {
  driver: Pick<SandboxDriver, 'prepare' | 'list' | 'giveUp'>
  clock: Clock
  log: Log
  /** Called each time it can be used after it could not. */
  onReady: () => Promise<void>
}

/** Watches the host engine: the server stays up without it and goes on when it is back. */
export class HostEngine {
  readonly #deps: HostEngineDeps
  #state: Health['engine'] = 'preparing'
  #silent = 0
  #cancel: (() => void) | undefined
  #asking: Promise<void> = Promise.resolve()
  #bringingUp: Promise<void> | undefined
  #closed = false

  constructor(deps: HostEngineDeps) {
    this.#deps = deps
  }

  health(): Omit<Health, 'broken'> {
    return { status: this.#state === 'ready' ? 'ok' : 'degraded', engine: this.#state }
  }

  /** Makes it ready, and from then on watches it. Throws `engine-unsafe`; one that does not answer is tried again and again. */
  async start(): Promise<void> {
    this.#next()
    await this.#bringUp().catch(async (error: unknown) => {
      await this.close()
      throw error
    })
  }

  /** Throws `engine-unreachable` while it cannot be used. */
  require(): void {
    if (this.#state !== 'ready') throw new DrydockError('engine-unreachable')
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#cancel?.()
    await this.#asking
    if (this.#silent > 0) this.#deps.driver.giveUp()
    await this.#bringingUp?.catch(() => undefined)
  }

  #next(): void {
    if (this.#closed) return
    this.#cancel = this.#deps.clock.after(ASK_EVERY_MS, () => {
      this.#asking = this.#look().finally(() => this.#next())
    })
  }

  async #look(): Promise<void> {
    const { driver, log } = this.#deps
    try {
      await this.#answers()
      this.#silent = 0
    } catch (error) {
      this.#silent = error === LATE ? this.#silent + 1 : 0
      if (this.#state === 'ready') {
        this.#state = 'unreachable'
        log.error({ err: error }, 'the host engine does not answer; sessions wait for it')
      }
      if (this.#silent < SILENT_QUESTIONS) return
      if (this.#silent === SILENT_QUESTIONS)
        log.error({}, 'the host engine hangs; what waits for it is given up')
      driver.giveUp()
      return
    }
    if (this.#state !== 'unreachable' || this.#closed) return
    this.#bringUp().catch((err: unknown) => log.error({ err }, 'the host engine cannot be used'))
  }

  #bringUp(): Promise<void> {
    this.#bringingUp ??= this.#bringUpNow().finally(() => {
      this.#bringingUp = undefined
    })
    return this.#bringingUp
  }

  async #bringUpNow(): Promise<void> {
    const { driver, log, onReady } = this.#deps
    try {
      await driver.prepare()
      await onReady()
      this.#state = 'ready'
      log.info({}, 'the host engine is ready')
    } catch (error) {
      this.#state = 'unreachable'
      if (error instanceof DrydockError && error.code === 'engine-unsafe') throw error
      log.error({ err: error }, 'the host engine is not ready; it is tried again')
    }
  }

  #answers(): Promise<unknown> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const cancel = this.#deps.clock.after(ANSWER_MS, () => reject(LATE))
    return Promise.race([this.#deps.driver.list(), late]).finally(cancel)
  }
}
