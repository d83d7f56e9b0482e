import type { DrydockError } from '../errors.ts'

/** What else a session has that outlives a server: checkpoints, and resets on their way. */
export interface SessionCompanion {
  /** Undoes or goes on with what an earlier server left half done; called before what belongs to no session is removed. */
  recover(): Promise<void>
  /** The session was taken up after an earlier server. */
  takenUp(session: string): void
  /** Ends what goes on for the session, which then has one sandbox. */
  stop(session: string, reason: DrydockError): Promise<void>
  stopAll(reason: DrydockError): Promise<void>
  /** The session is over. */
  forget(session: string): Promise<void>
}
