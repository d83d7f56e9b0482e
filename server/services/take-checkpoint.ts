import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { checkpointName } from '../sandbox/checkpoint-name.ts'
import type { SandboxDriver, TakenCheckpoint } from '../sandbox/sandbox-driver.ts'
import type { NewCheckpoint, Store } from '../store/store.ts'
import type { LiveSession } from './live-session.ts'

export interface TakeDeps {
  store: Store
  driver: Pick<SandboxDriver, 'removeCheckpoint'>
  clock: Clock
  log: Pick<Log, 'warn'>
}

/**
 * Copies a session's machine, known in the store from before it is made, and marks in its journal when it stood still. One
 * that fails leaves nothing. Throws `disk-full`, `sandbox-gone`, `store-failed`, `engine-unreachable`.
 */
export async function takeCheckpoint(
  { store, driver, clock, log }: TakeDeps,
  live: LiveSession,
  what: Pick<NewCheckpoint, 'kind' | 'task' | 'name' | 'keepUntil'>,
): Promise<void> {
  const session = live.record.id
  const id = checkpointName(live.sandbox.id)
  await store.addCheckpoint({ id, session, at: clock.now(), ...what })
  try {
    // Written before the machine stands still: should the server die meanwhile, the next one knows since when it stood.
    await live.journal.mark('freeze', clock.now())
    const before = await store.lastJournalSeq(session)
    let taken: TakenCheckpoint | undefined
    try {
      taken = await live.sandbox.checkpoint(id)
    } finally {
      await live.journal.mark('thaw', taken?.stoodStill.to ?? clock.now())
    }
    const since = await lastRowIn(taken, { store, live, before })
    await store.finishCheckpoint(id, { bytes: taken.bytes, since, note: null })
  } catch (error) {
    const undo = Promise.all([driver.removeCheckpoint(id), store.removeCheckpoint(id)])
    await undo.catch((err: unknown) => log.warn({ err, session }, 'a failed checkpoint could not be undone'))
    throw error
  }
}

/** The last row whose event is in the copy: events of before and after are apart by all the time in which nothing could happen. */
async function lastRowIn(
  { stoodStill: { from, to } }: TakenCheckpoint,
  { store, live, before }: { store: Store; live: LiveSession; before: number },
): Promise<number> {
  const middle = BigInt(await live.journal.timeOf((from + to) / 2))
  // An engine that does not answer told nothing after the mark either.
  await live.journal.flush().catch(() => undefined)
  const rows = await store.journal(live.record.id, before)
  return rows.findLast((row) => BigInt(row.timeNano) <= middle)?.seq ?? before
}
