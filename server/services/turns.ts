/**
 * What must not overlap in a session (a run of checks, a checkpoint, a reset, a submission) goes through here: one at a
 * time for each session, in the order asked for. Sessions do not wait for each other.
 */
export class Turns {
  /** The end of each session's last turn; only of those that have one waiting or under way. */
  readonly #last = new Map<string, Promise<void>>()
  /** Named turns that have not begun. */
  readonly #waiting = new Map<string, Promise<unknown>>()

  /** Runs `work` when all that was asked for earlier in this session is over, however it ended. Settles as `work` does. A turn must not wait for another of its own session. */
  run<T>(session: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(session) ?? Promise.resolve()
    const done = before.then(work)
    const end: Promise<void> = done.then(
      () => {},
      () => {},
    )
    this.#last.set(session, end)
    void end.then(() => {
      if (this.#last.get(session) === end) this.#last.delete(session)
    })
    return done
  }

  /** The same; who asks for a name that still waits its turn shares that one. `T` must be the same for the same name. */
  shared<T>(session: string, name: string, work: () => Promise<T>): Promise<T> {
    const key = JSON.stringify([session, name])
    const waiting = this.#waiting.get(key)
    if (waiting) return waiting as Promise<T>
    const turn = this.run(session, () => {
      this.#waiting.delete(key)
      return work()
    })
    this.#waiting.set(key, turn)
    return turn
  }

  /** Whether something runs or waits in this session. */
  busy(session: string): boolean {
    return this.#last.has(session)
  }

  /** Resolves when nothing runs or waits in this session. */
  async idle(session: string): Promise<void> {
    for (let last = this.#last.get(session); last; last = this.#last.get(session)) await last
  }
}
