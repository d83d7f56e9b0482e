import { z } from 'zod'
import type { Builds } from '../../checks/own-container.ts'
import type { Clock } from '../clock.ts'
import type { CheckMarks } from './check-marks.ts'
import type { EngineClient } from './engine-client.ts'

/** The label that makes every image of ours another than any of the student's, also of the same files. */
const LABEL = 'drydock.check'
/** One left behind by a server that was killed is removed after this; must exceed the longest check. */
const LEFT_BEHIND_S = 180
const REMOVE_MS = 15_000

const listed = z
  .array(
    z.object({
      Id: z.string().regex(/^sha256:[0-9a-f]{64}$/),
      Created: z.number(),
      Labels: z.record(z.string(), z.string()).nullish(),
    }),
  )
  .max(5000)

/** Images that checks built in a student's engine: labelled, without a tag, and always removed. */
export class OwnImages {
  readonly #client: EngineClient
  readonly #clock: Clock
  readonly #marks: CheckMarks
  readonly #alive = new Set<string>()
  /** Ids of what was removed: the engine's event of it bears no label. */
  readonly #removed = new Set<string>()
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor(deps: { client: EngineClient; clock: Clock; marks: CheckMarks }) {
    this.#client = deps.client
    this.#clock = deps.clock
    this.#marks = deps.marks
  }

  /** Whether it was an image of ours. */
  has(id: string): boolean {
    return this.#removed.has(id)
  }

  async begin(): Promise<Builds> {
    await this.#sweep()
    const mark = this.#marks.name(this.#clock.now())
    this.#alive.add(mark)
    return {
      mark,
      label: `${LABEL}=${mark}`,
      [Symbol.asyncDispose]: async () => {
        await this.#remove((label) => label === mark)
        this.#alive.delete(mark)
      },
    }
  }

  async #sweep(): Promise<void> {
    const now = this.#clock.now() / 1000
    if (now - this.#sweptAt < LEFT_BEHIND_S) return
    this.#sweptAt = now
    await this.#remove(
      (label, created) =>
        !this.#alive.has(label) && now - created > LEFT_BEHIND_S && this.#marks.inName(label) !== undefined,
    )
  }

  /** Never throws: what cannot be removed now is swept later. */
  async #remove(isMeant: (label: string, created: number) => boolean): Promise<void> {
    try {
      const filters = JSON.stringify({ label: [LABEL] })
      const query = { filters }
      const found = await this.#client.json(
        { method: 'GET', path: '/images/json', query, timeoutMs: REMOVE_MS },
        listed,
      )
      for (const { Id, Created, Labels } of found) {
        if (!isMeant(Labels?.[LABEL] ?? '', Created)) continue
        this.#removed.add(Id)
        await this.#client.call({
          method: 'DELETE',
          path: `/images/${Id}`,
          query: { force: '1' },
          timeoutMs: REMOVE_MS,
        })
      }
    } catch {
      this.#sweptAt = Number.NEGATIVE_INFINITY
    }
  }
}
