import type { Lab } from '../../labs/lab-schema.ts'

/** How long a session may take. All in milliseconds. */
export interface SessionTimes {
  /** From the moment it is ready to its end. */
  limit: number
  /** What one extension adds. */
  extension: number
  /** How often the student may extend it. */
  extensions: number
  /** With nobody there and nothing going on for so long, the machine stands still. */
  idle: number
  /** So long after its end students may read what came of it; 0 for good. */
  grace: number
}

const MINUTE = 60_000

/** Those of the installation, from its settings. */
export function timesOf(config: {
  sessionMinutes: number
  extensionMinutes: number
  extensions: number
  idleMinutes: number
  graceMinutes: number
}): SessionTimes {
  return {
    limit: config.sessionMinutes * MINUTE,
    extension: config.extensionMinutes * MINUTE,
    extensions: config.extensions,
    idle: config.idleMinutes * MINUTE,
    grace: config.graceMinutes * MINUTE,
  }
}

/** Those of the installation, but for what the lab says itself. */
export function timesFor(lab: Pick<Lab, 'time'> | undefined, times: SessionTimes): SessionTimes {
  const { limit, extension, extensions, idle, grace } = lab?.time ?? {}
  return {
    limit: limit === undefined ? times.limit : limit * MINUTE,
    extension: extension === undefined ? times.extension : extension * MINUTE,
    extensions: extensions ?? times.extensions,
    idle: idle === undefined ? times.idle : idle * MINUTE,
    grace: grace === undefined ? times.grace : grace * MINUTE,
  }
}
