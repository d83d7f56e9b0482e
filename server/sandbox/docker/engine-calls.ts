import Docker from 'dockerode'

interface Call {
  abortSignal?: AbortSignal
}
type Callback = (error: unknown, answer?: unknown) => void

/** The code of a call that was given up: for who waits, the engine did not answer. */
const GIVEN_UP = 'ETIMEDOUT'

/** The host engine's API, whose calls can be given up while they wait. Streams that have begun go on. */
export class EngineCalls {
  readonly docker: Docker
  readonly #waiting = new Set<AbortController>()

  constructor(socketPath: string) {
    this.docker = new Docker({ socketPath })
    const modem = this.docker.modem as { dial(call: Call, callback: Callback): void }
    const dial = modem.dial.bind(modem)
    modem.dial = (call, callback) => {
      const waits = new AbortController()
      this.#waiting.add(waits)
      const abortSignal = call.abortSignal ? AbortSignal.any([call.abortSignal, waits.signal]) : waits.signal
      dial({ ...call, abortSignal }, (error, answer) => {
        this.#waiting.delete(waits)
        callback(error && waits.signal.aborted ? waits.signal.reason : error, answer)
      })
    }
  }

  /** Each call that waits for an answer fails as if nobody had answered. */
  giveUp(): void {
    const waiting = [...this.#waiting]
    for (const call of waiting) call.abort(Object.assign(new Error('it took too long'), { code: GIVEN_UP }))
  }
}
