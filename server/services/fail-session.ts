import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'

export interface FailDeps {
  store: Store
  clock: Clock
  log: Log
  /** The session's record has changed. */
  changed: (id: string) => void
}

/** Records that an open session has failed, and why; what it had is not removed here. */
export async function failSession(deps: FailDeps, id: string, error: unknown): Promise<void> {
  const { store, clock, log, changed } = deps
  const fault =
    error instanceof DrydockError ? error : new DrydockError('internal', undefined, { cause: error })
  const problem = { code: fault.code, detail: fault.message }
  const change = { state: 'failed', problem, engineReady: false, endedAt: clock.now() } as const
  const failed = await store.changeSession(id, ['requested', 'starting', 'ready'], change)
  log.warn({ err: error, session: id, lab: failed?.lab }, 'a session failed')
  if (failed) changed(id)
}
