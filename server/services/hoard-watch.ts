import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { SandboxDriver } from '../sandbox/sandbox-driver.ts'
import type { SessionRecord, Store } from '../store/store.ts'
import { Periodic } from './periodic.ts'

/** How often is looked, in milliseconds: one program makes 1,600 cgroups a second, and cgroup v1 has 65,535. */
const LOOK_MS = 2_000

export interface HoardWatchDeps {
  store: Pick<Store, 'openSessions'>
  driver: Pick<SandboxDriver, 'hoarders'>
  clock: Clock
  log: Log
  /** Whether the host engine can be asked. */
  engineReady: () => boolean
  /** Takes the sandbox away; the session fails with the reason. */
  giveUp: (record: SessionRecord, reason: DrydockError) => Promise<void>
}

/** Takes a sandbox away that takes from all others what nobody can bound for each. */
export const hoardWatch = (deps: HoardWatchDeps): Periodic =>
  new Periodic({
    ...deps,
    everyMs: LOOK_MS,
    look: () => look(deps),
    failed: 'who takes too much could not be looked for',
  })

async function look({ store, driver, log, engineReady, giveUp }: HoardWatchDeps): Promise<void> {
  if (!engineReady()) return
  const found = await driver.hoarders()
  if (found.length === 0) return
  const open = await store.openSessions()
  for (const { sandbox, what, count } of found) {
    const record = open.find((each) => each.sandbox === sandbox)
    if (!record) continue
    log.warn({ session: record.id, lab: record.lab, what, count }, 'a sandbox took too much and is ended')
    await giveUp(record, new DrydockError('sandbox-hoarding', TOO_MUCH[what]))
  }
}

const TOO_MUCH = {
  cgroups:
    'Your machine had made more control groups than the computer under it has for everybody, and was ended.',
  ptys: 'Your machine had opened more terminals than the computer under it has for everybody, and was ended.',
} as const
