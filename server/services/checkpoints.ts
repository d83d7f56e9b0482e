import { DrydockError } from '../errors.ts'
import type { Log } from '../log.ts'
import { checkpointName } from '../sandbox/checkpoint-name.ts'
import type { CheckpointRecord, UserRecord } from '../store/store.ts'
import { AUTOMATIC_MAX_BYTES, makeRoom, SUBMITTED_KEPT_MS, SUBMITTED_MAX_BYTES } from './checkpoint-room.ts'
import type { LiveSession } from './live-session.ts'
import { type TakeDeps, takeCheckpoint } from './take-checkpoint.ts'
import type { Turns } from './turns.ts'
import type { Workplaces } from './workplaces.ts'

/** Tasks that turn green within this time share one checkpoint. */
const SETTLED_AFTER_MS = 500
const LOOK_EVERY_MS = 3_600_000

export interface CheckpointsDeps extends TakeDeps {
  log: Log
  turns: Turns
  workplaces: Workplaces
  changed: (session: string) => void
}

/** Copies of sessions' machines: taken when a task turns green, by hand, and with a submission; bounded, and removed. */
export class Checkpoints {
  readonly #deps: CheckpointsDeps
  /** Tasks that have just turned green, by session, and how to forget them. */
  readonly #green = new Map<string, { tasks: Set<string>; cancel: () => void }>()
  /** Sessions of which one is being made by this server; there is one at a time, in the session's turn. */
  readonly #underWay = new Set<string>()
  #cancelLook: (() => void) | undefined

  constructor(deps: CheckpointsDeps) {
    this.#deps = deps
  }

  /** Takes one by hand. Throws as `Workplaces.ready` does, and `checkpoint-limit`, `disk-full`. */
  async byHand(user: UserRecord, session: string, name: string): Promise<void> {
    await this.#deps.workplaces.ready(user, session)
    await this.#deps.turns.run(session, async () => {
      const { live } = await this.#deps.workplaces.ready(user, session)
      const { diskBytes } = await live.sandbox.stats()
      if (!(await this.#take(live, diskBytes, { kind: 'hand', task: null, name })))
        throw new DrydockError('checkpoint-limit')
    })
  }

  /** Removes one. Throws as `Workplaces.ready` does, and `checkpoint-unknown`. */
  async remove(user: UserRecord, session: string, id: string): Promise<void> {
    await this.#deps.workplaces.ready(user, session)
    await this.#deps.turns.run(session, async () => {
      await this.#remove(await this.find(session, id))
    })
    this.#deps.changed(session)
  }

  /** One that the session can be set back to. Throws `checkpoint-unknown`. */
  async find(session: string, id: string): Promise<CheckpointRecord> {
    const found = (await this.#deps.store.checkpoints(session)).find((each) => each.id === id)
    if (!found || found.kind === 'submitted' || found.bytes === null)
      throw new DrydockError('checkpoint-unknown')
    return found
  }

  /** These tasks have turned green for the first time: a copy follows when nothing else goes on in the session. */
  passed(session: string, tasks: readonly string[]): void {
    const { clock, turns, log } = this.#deps
    if (tasks.length === 0) return
    const known = this.#green.get(session)
    if (known) {
      for (const task of tasks) known.tasks.add(task)
      return
    }
    const cancel = clock.after(SETTLED_AFTER_MS, () => {
      turns
        .run(session, () => this.#ofTasks(session))
        .catch((err: unknown) => log.warn({ err, session }, 'a task was passed without a checkpoint'))
    })
    this.#green.set(session, { tasks: new Set(tasks), cancel })
  }

  /** The session was submitted: its machine is kept as it is now. To be called in a turn of the session. Never throws; what kept it from being kept is noted. */
  async submitted(live: LiveSession): Promise<void> {
    const { store, clock, log } = this.#deps
    const session = live.record.id
    const what = { kind: 'submitted', task: null, name: null } as const
    const keepUntil = clock.now() + SUBMITTED_KEPT_MS
    try {
      // A server that died after the copy asks again.
      const known = await store.checkpoints(session)
      if (known.some(({ kind, bytes }) => kind === 'submitted' && bytes !== null)) return
      const { diskBytes } = await live.sandbox.stats()
      if (diskBytes > SUBMITTED_MAX_BYTES)
        throw new Error(`its disk holds ${diskBytes >> 20} MiB; up to ${SUBMITTED_MAX_BYTES >> 20} are kept`)
      await this.#copy(live, { ...what, keepUntil })
    } catch (error) {
      const note = `The machine was not kept: ${error instanceof Error ? error.message : String(error)}.`
      log.warn({ err: error, session }, 'a submitted machine is not kept')
      const id = checkpointName(live.sandbox.id)
      const noted = async () => {
        await store.addCheckpoint({ id, session, at: clock.now(), ...what, keepUntil })
        await store.finishCheckpoint(id, { bytes: 0, since: 0, note })
      }
      await noted().catch((err: unknown) => log.error({ err, session }, 'nor could that be noted'))
    }
  }

  /** The session is over: what is not kept with a submission goes. */
  async forget(session: string): Promise<void> {
    this.#green.get(session)?.cancel()
    this.#green.delete(session)
    for (const each of await this.#deps.store.checkpoints(session))
      if (each.kind !== 'submitted') await this.#remove(each)
  }

  /** Forgets what no session will want any more; to be called before a sweep, which removes the copies that nobody knows. */
  async recover(): Promise<void> {
    const now = this.#deps.clock.now()
    for (const each of await this.#deps.store.allCheckpoints()) {
      const halfMade = each.bytes === null && !this.#underWay.has(each.session)
      const over = each.kind !== 'submitted' && (each.state === 'ended' || each.state === 'failed')
      const expired = each.keepUntil !== null && each.keepUntil < now
      if (halfMade || over || expired) await this.#deps.store.removeCheckpoint(each.id)
    }
  }

  /** From now on removes what was kept long enough. */
  start(): void {
    this.#cancelLook = this.#deps.clock.after(LOOK_EVERY_MS, () => {
      this.#expire()
        .catch((err: unknown) => this.#deps.log.warn({ err }, 'old checkpoints could not be removed'))
        .finally(() => this.#cancelLook && this.start())
    })
  }

  close(): void {
    this.#cancelLook?.()
    this.#cancelLook = undefined
    for (const { cancel } of this.#green.values()) cancel()
    this.#green.clear()
  }

  async #expire(): Promise<void> {
    const { store, clock } = this.#deps
    const now = clock.now()
    for (const each of await store.allCheckpoints())
      if (each.keepUntil !== null && each.keepUntil < now) await this.#remove(each)
  }

  async #ofTasks(session: string): Promise<void> {
    const { workplaces, log } = this.#deps
    const green = this.#green.get(session)
    this.#green.delete(session)
    const found = await workplaces.running(session)
    const task = found?.lab.tasks.findLast(({ id }) => green?.tasks.has(id))
    if (!found || !task) return
    const { diskBytes } = await found.live.sandbox.stats()
    if (diskBytes > AUTOMATIC_MAX_BYTES)
      return log.info({ session, diskBytes }, 'a machine too large for an automatic checkpoint')
    await this.#take(found.live, diskBytes, { kind: 'task', task: task.id, name: null })
  }

  /** Answers false when there is no room in the session's share. */
  async #take(
    live: LiveSession,
    bytes: number,
    what: Pick<CheckpointRecord, 'kind' | 'task' | 'name'>,
  ): Promise<boolean> {
    const { store, changed } = this.#deps
    const session = live.record.id
    const existing = await store.checkpoints(session)
    const doomed = makeRoom(existing, bytes)
    if (!doomed) return false
    await this.#copy(live, { ...what, keepUntil: null })
    // Only now: one that fails must not cost another.
    for (const each of existing) if (doomed.includes(each.id)) await this.#remove(each)
    changed(session)
    return true
  }

  async #copy(live: LiveSession, what: Parameters<typeof takeCheckpoint>[2]): Promise<void> {
    this.#underWay.add(live.record.id)
    await takeCheckpoint(this.#deps, live, what).finally(() => this.#underWay.delete(live.record.id))
  }

  async #remove({ id }: { id: string }): Promise<void> {
    await this.#deps.driver.removeCheckpoint(id)
    await this.#deps.store.removeCheckpoint(id)
  }
}
