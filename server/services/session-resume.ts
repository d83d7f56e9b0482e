import { DrydockError } from '../errors.ts'
import type { SessionRecord } from '../store/store.ts'
import type { Catalogue } from './catalogue.ts'
import { type FailDeps, failSession } from './fail-session.ts'
import type { LiveSessions } from './live-sessions.ts'
import type { SandboxRemoval } from './sandbox-removal.ts'
import type { SessionCompanion } from './session-companion.ts'
import type { SessionEnds } from './session-ends.ts'
import type { SessionStarts } from './session-starts.ts'

/** Sessions taken up at the same time after a restart: each may have to start its sandbox again. */
const TAKEN_UP_AT_ONCE = 4
const INTERRUPTED = 'The server stopped while the sandbox was starting.'

export interface ResumeDeps extends FailDeps {
  catalogue: Catalogue
  companion: SessionCompanion
  ends: SessionEnds
  live: LiveSessions
  removal: SandboxRemoval
  starts: SessionStarts
}

/**
 * Takes up the open sessions of an earlier server, or after the host engine was away: those that wait keep their place, half-made and ending ones are
 * removed, and so is every sandbox that belongs to none; ready ones go on. Resolves when a new session may be started.
 */
export async function resumeSessions(deps: ResumeDeps): Promise<void> {
  const { store, log, live, companion, starts, ends, removal } = deps
  await companion.recover()
  const open = (await store.openSessions()).filter(({ id }) => !starts.has(id) && !ends.has(id))
  const ready = open.filter(({ state }) => state === 'ready')
  await removal.sweep(open.filter(({ state }) => state !== 'ready').map(({ sandbox }) => sandbox))
  for (const record of open) {
    if (record.state === 'ending') await ends.end(record)
    else if (record.state === 'requested') await queueAgain(deps, record)
    else if (record.state !== 'ready')
      await failSession(deps, record.id, new DrydockError('sandbox-failed', INTERRUPTED))
  }
  const takeUp = async () => {
    for (let record = ready.shift(); record; record = ready.shift()) {
      if (await live.takeUp(record)) companion.takenUp(record.id)
    }
  }
  for (let i = 0; i < TAKEN_UP_AT_ONCE; i += 1) {
    takeUp().catch((err: unknown) => log.warn({ err }, 'a session could not be taken up yet'))
  }
}

/** Nothing was made of it yet. */
async function queueAgain(deps: ResumeDeps, record: SessionRecord): Promise<void> {
  const lab = deps.catalogue.find(record.lab)
  if (lab) deps.starts.launch(record, lab)
  else await failSession(deps, record.id, new DrydockError('lab-invalid'))
}
