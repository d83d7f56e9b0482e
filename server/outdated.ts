import { DrydockError } from './errors.ts'
import type { SandboxDriver } from './sandbox/sandbox-driver.ts'
import type { Store } from './store/store.ts'

/**
 * An upgrade that cannot go on with sandboxes of the version before ends nobody's work unasked. Throws `sandboxes-outdated` with the
 * open sessions that have such a sandbox; nothing was changed then.
 */
export async function refuseOutdated({
  store,
  driver,
}: {
  store: Pick<Store, 'openSessions'>
  driver: Pick<SandboxDriver, 'outdated'>
}): Promise<void> {
  const outdated = new Set(await driver.outdated())
  const lost = (await store.openSessions()).filter(({ sandbox }) => outdated.has(sandbox))
  if (lost.length === 0) return
  const lines = lost.map(({ id, lab, owner }) => `session ${id}, lab ${lab}, of ${owner}`)
  throw new DrydockError('sandboxes-outdated', `They would have to end:\n${lines.join('\n')}`)
}
