import type { JournalRow } from '../../checks/check.ts'
import type { Lab } from '../../labs/lab-schema.ts'
import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Sandbox, SandboxDriver } from '../sandbox/sandbox-driver.ts'
import { newSandboxId } from '../sandbox/sandbox-id.ts'
import type { CheckpointRecord, ResetRecord, SessionRecord, Store } from '../store/store.ts'
import type { LiveSession } from './live-session.ts'
import type { LiveSessions } from './live-sessions.ts'
import type { Notices } from './notices.ts'
import { runSetup } from './run-setup.ts'
import type { SandboxRemoval } from './sandbox-removal.ts'
import { sandboxSpec } from './session-starter.ts'

export interface SessionResetDeps {
  store: Store
  driver: Pick<SandboxDriver, 'create'>
  clock: Clock
  log: Log
  live: Pick<LiveSessions, 'setAside' | 'goOn' | 'get' | 'labOf'>
  removal: Pick<SandboxRemoval, 'swept' | 'remove'>
  changed: (session: string) => void
  /** The lab could not be made to run again after the reset. */
  notices: Notices
}

interface UnderWay {
  abort: AbortController
  done: Promise<unknown>
}

/**
 * Sets a session back to a checkpoint: a new sandbox is made from it, the session gets that one in one step with the
 * journal's mark, and the old one is removed. Until that step the old machine is whole, and a reset that fails or is cut
 * short goes back to it; after it the new one is. All of it happens in a turn of the session.
 */
export class SessionReset {
  readonly #deps: SessionResetDeps
  readonly #underWay = new Map<string, UnderWay>()

  constructor(deps: SessionResetDeps) {
    this.#deps = deps
  }

  /** `back` is called when the session can be used again; the lab's resume.sh then still runs. Throws `reset-failed`, `disk-full`, `session-over`, `session-not-ready`; the session then goes on as it was. */
  run(
    session: { live: LiveSession; lab: Lab },
    checkpoint: CheckpointRecord,
    back: () => void,
  ): Promise<void> {
    const { id } = session.live.record
    const abort = new AbortController()
    const done = this.#run(session, checkpoint, back, abort.signal).finally(() => this.#underWay.delete(id))
    this.#underWay.set(id, { abort, done: done.catch(() => undefined) })
    return done
  }

  /** Ends what goes on for the session; resolves when it has its old sandbox or its new one, and no other is there. */
  async stop(id: string, reason: DrydockError): Promise<void> {
    const underWay = this.#underWay.get(id)
    underWay?.abort.abort(reason)
    await underWay?.done
  }

  async stopAll(reason: DrydockError): Promise<void> {
    await Promise.all([...this.#underWay.keys()].map((id) => this.stop(id, reason)))
  }

  /** Undoes or goes on with what an earlier server left; to be called before a sweep, which removes the sandbox that is left over. */
  async recover(): Promise<void> {
    for (const { session, phase } of await this.#deps.store.resets()) {
      if (this.#underWay.has(session)) continue
      if (phase === 'making') await this.#deps.store.endReset(session)
      else await this.#deps.store.resumeReset(session)
    }
  }

  /** Does what is left of a reset that an earlier server began, in a turn of the session. */
  async carryOn(id: string): Promise<void> {
    const { store, live } = this.#deps
    const [reset, lab, running] = [await store.reset(id), live.labOf(id), live.get(id)]
    if (reset?.phase !== 'resuming') return
    if (lab && running) await this.#resume(running, lab)
    else await store.endReset(id)
  }

  async #run(
    { live, lab }: { live: LiveSession; lab: Lab },
    checkpoint: CheckpointRecord,
    back: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { store, log, changed, removal } = this.#deps
    const old = live.sandbox
    const { id } = live.record
    const reset = { session: id, checkpoint: checkpoint.id, sandbox: newSandboxId() }
    if (!(await store.beginReset(reset))) throw new DrydockError('session-not-ready')
    changed(id)
    const next = await this.#change(live, lab, reset, checkpoint.since, signal)
    let now: LiveSession | undefined
    try {
      now = await this.#deps.live.goOn(next)
    } catch (err) {
      log.warn({ err, session: id }, 'a session that was set back could not be taken up yet')
    }
    // Nobody may take a machine for ready on which the lab has still something to start.
    if (now && lab.resume !== undefined) await this.#step(id, null)
    await store.resumeReset(id)
    changed(id)
    back()
    const removed = removal.remove(old.id, old).catch((err: unknown) => {
      log.warn({ err, session: id }, 'the machine before a reset could not be removed; the next sweep will')
    })
    if (now) await this.#resume(now, lab, signal)
    else await store.endReset(id)
    await removed
  }

  /** From the old sandbox to the new one. When that fails all is as before. */
  async #change(
    live: LiveSession,
    lab: Lab,
    reset: Omit<ResetRecord, 'phase'>,
    since: number,
    signal: AbortSignal,
  ): Promise<SessionRecord> {
    const { store, driver, clock, removal, changed } = this.#deps
    const { id } = live.record
    let made: Sandbox | undefined
    try {
      // No sweep that began before the reset was in the store may take the new sandbox for nobody's.
      await removal.swept
      const time = await live.journal.timeOf(clock.now())
      const began = clock.now()
      await this.#deps.live.setAside(id, new DrydockError('session-not-ready'))
      const spec = { ...sandboxSpec(reset.sandbox, lab, live.record.size), checkpoint: reset.checkpoint }
      made = await driver.create(spec, { signal })
      signal.throwIfAborted()
      const thaw = String(BigInt(time) + BigInt(clock.now() - began) * 1_000_000n)
      const rows = marks((await store.lastJournalSeq(id)) + 1, { time, since, thaw })
      const next = await store.switchSandbox(id, rows)
      if (!next) throw new DrydockError('session-over')
      return next
    } catch (error) {
      await made?.destroy()
      await store.endReset(id)
      if (!signal.aborted) {
        const record = await store.session(id)
        if (record?.state === 'ready') await this.#deps.live.goOn(record)
        changed(id)
      }
      signal.throwIfAborted()
      if (error instanceof DrydockError && error.code !== 'sandbox-failed') throw error
      throw new DrydockError('reset-failed', undefined, { cause: error })
    }
  }

  /** Lets the lab's own script start what has to run, as the student. */
  async #resume(live: LiveSession, lab: Lab, signal?: AbortSignal): Promise<void> {
    const { store, clock, changed, log } = this.#deps
    const { id } = live.record
    const began = clock.now()
    const { resume: script } = lab
    try {
      if (script === undefined) return
      await this.#step(id, null)
      const ending = AbortSignal.any([live.ending, ...(signal ? [signal] : [])])
      await runSetup(
        { clock, log },
        live.sandbox,
        { name: 'resume.sh', script, seed: live.record.seed, session: id, lab: live.record.lab },
        ending,
      )
    } catch (error) {
      if (!live.ending.aborted && !signal?.aborted) this.#deps.notices.resumeFailed(id, error)
    } finally {
      if (script !== undefined) await this.#step(id, clock.now() - began)
      await store.endReset(id)
      changed(id)
    }
  }

  async #step(id: string, ms: number | null): Promise<void> {
    const { store, changed } = this.#deps
    const steps = (await store.session(id))?.steps.filter(({ name }) => name !== 'resume') ?? []
    await store.changeSession(id, ['ready'], { steps: [...steps, { name: 'resume', ms }] })
    changed(id)
  }
}

/** The machine stood still from the checkpoint's freeze until it runs again: the thaw ends what that freeze began. */
function marks(
  seq: number,
  { time, since, thaw }: { time: string; since: number; thaw: string },
): JournalRow[] {
  return [
    { kind: 'mark', seq, timeNano: time, reason: 'reset', since },
    { kind: 'mark', seq: seq + 1, timeNano: thaw, reason: 'thaw' },
  ]
}
