import type { ErrorCode } from '../../errors.ts'

export const openStates = ['requested', 'starting', 'ready', 'ending'] as const
export type OpenState = (typeof openStates)[number]
export type SessionStateName = OpenState | 'ended' | 'failed'

export interface StepRecord {
  name: 'disk' | 'sandbox' | 'engine' | 'setup' | 'resume'
  /** Milliseconds; null while it is under way. */
  ms: number | null
}

export interface SessionRecord {
  id: string
  owner: string
  lab: string
  /** Hash of the lab's content when the session was asked for. */
  labHash: string
  state: SessionStateName
  /** The sandbox's id, chosen before the sandbox exists, so that nothing can be lost between the two; another once it got one that was started ahead. */
  sandbox: string
  /** Random; checks derive from it what differs between students. */
  seed: string
  engineReady: boolean
  steps: StepRecord[]
  createdAt: number
  /** What its sandbox may use, in bytes, processes and CPUs (0: half of the machine's); null for one of before that was kept. */
  size: { memoryBytes: number; diskBytes: number; pids: number; cpus: number } | null
  /** When its turn to start came; null while it waits in line. */
  begunAt: number | null
  readyAt: number | null
  endedAt: number | null
  /** When its time is over; null before it is ready, and for one that has no end. */
  endsAt: number | null
  /** How often it was extended. */
  extended: number
  /** It ended because its time was over. */
  outOfTime: boolean
  problem: { code: ErrorCode; detail: string } | null
  /** The lab images of its sandbox: the name that the student sees to the image's id. Not there before the sandbox is. */
  images?: Readonly<Record<string, string>>
}

export type NewSession = Pick<
  SessionRecord,
  'id' | 'owner' | 'lab' | 'labHash' | 'sandbox' | 'seed' | 'createdAt'
> &
  Partial<Pick<SessionRecord, 'size'>>
export type AddedSession = { outcome: 'created' | 'open'; session: SessionRecord } | { outcome: 'limit' }
export type SessionChange = Partial<
  Pick<
    SessionRecord,
    | 'state'
    | 'sandbox'
    | 'engineReady'
    | 'steps'
    | 'begunAt'
    | 'readyAt'
    | 'endedAt'
    | 'endsAt'
    | 'extended'
    | 'outOfTime'
    | 'problem'
    | 'images'
  >
>

export interface SessionStore {
  /**
   * Adds a session in state `requested`. Adds none when the owner has an open one for that lab (`open`, with that one)
   * or has `maxOpen` open ones already (`limit`).
   */
  addSession(session: NewSession, maxOpen: number): Promise<AddedSession>
  /** The session of that id, whoever owns it, if any. */
  session(id: string): Promise<SessionRecord | undefined>
  /** Changes the session if it is in one of the states `from`; answers with it as it then is, or with undefined when it is in another state or unknown. */
  changeSession(
    id: string,
    from: readonly SessionStateName[],
    change: SessionChange,
  ): Promise<SessionRecord | undefined>
  /** All sessions in an open state, of one owner or of all, oldest first. */
  openSessions(owner?: string): Promise<SessionRecord[]>
  /** The ids of a lab's sessions with the names of their owners, newest first, at most `limit`. */
  sessionsOfLab(lab: string, limit: number): Promise<{ session: string; person: string }[]>
  /** The owner's sessions with the tasks that are passed in each, newest first, at most `limit`. */
  sessionsOf(owner: string, limit: number): Promise<{ session: SessionRecord; passed: string[] }[]>
}
