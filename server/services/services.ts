import type { Check } from '../../checks/check.ts'
import type { JsonSchema } from '../../labs/json-schema.ts'
import type { Clock } from '../clock.ts'
import type { Health } from '../contract/health.ts'
import type { Log } from '../log.ts'
import type { SandboxDriver, SandboxSize } from '../sandbox/sandbox-driver.ts'
import type { Store, UserRecord } from '../store/store.ts'
import type { TerminalRegistry } from '../terminal/terminal-registry.ts'
import type { AuthorDesk } from './author-desk.ts'
import type { Catalogue } from './catalogue.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { Grading } from './grading.ts'
import type { Hints } from './hints.ts'
import type { HostEngine } from './host-engine.ts'
import type { Measures } from './measures.ts'
import type { Receipts, ReceiptsDeps } from './receipts.ts'
import type { Resets } from './resets.ts'
import type { SessionFeed } from './session-feed.ts'
import type { SessionTimes } from './session-times.ts'
import type { Sessions } from './sessions.ts'
import type { StartQueue } from './start-queue.ts'
import type { SubmissionHooks, Submissions } from './submissions.ts'
import type { PoolSize, WarmPool } from './warm-pool.ts'
import type { Workplaces } from './workplaces.ts'

export interface ServicesDeps {
  store: Store
  driver: SandboxDriver
  catalogue: Catalogue
  checks: ReadonlyMap<string, Check>
  /** Golden images of a sandbox that is made now: the name that a student sees to the image's id. */
  images: ReadonlyMap<string, string>
  clock: Clock
  log: Log
  /** The installation's name and key, and what its checks are: every receipt says them. */
  receipts: Pick<ReceiptsDeps, 'installation' | 'key' | 'versions'>
  /** In place of what is done at a submission. */
  atSubmission?: SubmissionHooks
  measures?: Measures
  /** Most sandboxes of sessions at the same time; 0 for as many as there is memory for. */
  seats: number
  /** Sandboxes that are started ahead of who comes. */
  pool: PoolSize
  /** How long sessions may take. */
  times: SessionTimes
  /** The most that a sandbox of a session gets. */
  cap: SandboxSize
  /** Author mode: for who writes labs, never for students. */
  author?: boolean
}

export interface Services {
  /** In author mode only. */
  author: AuthorDesk | undefined
  catalogue: Catalogue
  checkpoints: Checkpoints
  resets: Resets
  /** lab.yaml for editors. */
  labSchema: JsonSchema
  engine: HostEngine
  health(): Health
  feed: SessionFeed
  grading: Grading
  hints: Hints
  receipts: Receipts
  sessions: Sessions
  pool: Pick<WarmPool, 'ready' | 'target'>
  queue: Pick<StartQueue, 'length'>
  submissions: Submissions
  terminals: TerminalRegistry
  workplaces: Workplaces
  /** The one person of solo mode. */
  localUser: UserRecord
  /** Ends all judging, so that no request waits for it: to be called before the doors close. */
  stopJudging(): void
  /** Lets go of everything; sandboxes go on. */
  close(): Promise<void>
}
