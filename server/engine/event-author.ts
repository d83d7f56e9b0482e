import type { CheckMarks } from './check-marks.ts'
import { isFresh } from './check-marks.ts'
import type { EngineEvent } from './engine-events.ts'

/** Must exceed what checks can make while a mark is fresh, or a copy of a forgotten one is taken for it. */
const REMEMBERED = 10_000

/**
 * Tells events of what checks made from those of the student's own things. A mark belongs to the first that bore it: a
 * container or exec of the student's with a copied one stays the student's.
 */
export class EventAuthor {
  readonly #marks: CheckMarks
  /** Mark to the container, exec, image name, network or volume that bore it first. */
  readonly #bearers = new Map<string, string>()
  /** Ids of containers, execs, networks and volumes of checks. */
  readonly #ours = new Set<string>()

  constructor(marks: CheckMarks) {
    this.#marks = marks
  }

  /** Whether a check made what the event is about. Events come in order; a fresh mark is one of the last minutes by `nowMs`. */
  isCheck(event: EngineEvent, nowMs: number): boolean {
    const { type, action, attributes } = event
    if (type === 'container' && action.startsWith('exec_') && attributes.execID !== undefined) {
      const mark = this.#marks.inAction(action)
      if (mark !== undefined) return this.#bears(mark, attributes.execID, nowMs)
      if (this.#ours.has(attributes.execID)) return true
    }
    const mark = this.#marks.inName((type === 'volume' ? event.actorId : attributes.name) ?? '')
    if (mark !== undefined) return this.#bears(mark, type === 'image' ? type : event.actorId, nowMs)
    // What networks and volumes tell of a container names its id alone.
    if (type !== 'network' && type !== 'volume') return false
    return this.#ours.has(attributes.container ?? '') || this.#ours.has(event.actorId)
  }

  /** Takes in what was already told apart. */
  remember(event: EngineEvent): void {
    if (event.by !== 'check') return
    const { type, action, attributes, actorId } = event
    const exec = attributes.execID
    const inAction = exec === undefined ? undefined : this.#marks.inAction(action)
    const mark = inAction ?? this.#marks.inName((type === 'volume' ? actorId : attributes.name) ?? '')
    if (mark !== undefined) this.#keep(mark, inAction ? (exec ?? '') : type === 'image' ? type : actorId)
  }

  #bears(mark: string, bearer: string, nowMs: number): boolean {
    const first = this.#bearers.get(mark)
    if (first !== undefined) return first === bearer
    if (!isFresh(mark, nowMs)) return false
    this.#keep(mark, bearer)
    return true
  }

  #keep(mark: string, bearer: string): void {
    this.#bearers.set(mark, bearer)
    if (bearer !== 'image') this.#ours.add(bearer)
    if (this.#bearers.size <= REMEMBERED) return
    const [oldest] = this.#bearers
    if (!oldest) return
    this.#bearers.delete(oldest[0])
    this.#ours.delete(oldest[1])
  }
}
