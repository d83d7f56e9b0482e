/** Containers of this server that stand still for a checkpoint, so that who comes meanwhile can wait instead of being refused. */
export class StandStill {
  readonly #until = new Map<string, Promise<unknown>>()

  /** Does the work, during which the container stands still; one after the other for one container. */
  during<T>(container: string, work: () => Promise<T>): Promise<T> {
    const before = this.#until.get(container) ?? Promise.resolve()
    const done = before.then(work)
    const end = done
      .catch(() => undefined)
      .finally(() => {
        if (this.#until.get(container) === end) this.#until.delete(container)
      })
    this.#until.set(container, end)
    return done
  }

  /** Resolves when the container moves again, at once when it does. */
  async over(container: string): Promise<void> {
    await this.#until.get(container)
  }

  has(container: string): boolean {
    return this.#until.has(container)
  }
}
