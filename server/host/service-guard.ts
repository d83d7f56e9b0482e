import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DrydockError } from '../errors.ts'

const POLICY = '/usr/sbin/policy-rc.d'
const MARK = '# Drydock, while it installs packages; process '
const DENIED = 101

/**
 * Runs `work` while Debian's policy-rc.d denies every start of a service, and removes the policy
 * afterwards in any case; one left by a killed run is removed first. A policy of somebody else is
 * never touched: where it would allow starts, throws `host-not-ready`.
 */
export async function withServicesDenied<T>(
  packages: readonly string[],
  work: () => Promise<T>,
  policy: string = POLICY,
): Promise<T> {
  removeLeftPolicy(policy)
  if (existsSync(policy)) {
    if (spawnSync(policy, ['docker', 'start'], { stdio: 'ignore' }).status === DENIED) return await work()
    throw new DrydockError(
      'host-not-ready',
      `${policy} of this machine allows services to start, and Drydock does not change it. ` +
        `Install without starting services: apt-get install --no-install-recommends ${packages.join(' ')}`,
    )
  }
  writeFileSync(policy, `#!/bin/sh\n${MARK}${process.pid}\nexit ${DENIED}\n`, { mode: 0o755, flag: 'wx' })
  const remove = () => rmSync(policy, { force: true })
  process.once('exit', remove)
  try {
    return await work()
  } finally {
    remove()
    process.off('exit', remove)
  }
}

/** Removes the policy of a Drydock that was killed while it installed packages. */
export function removeLeftPolicy(policy: string = POLICY): void {
  if (!existsSync(policy)) return
  const owner = readFileSync(policy, 'utf8')
    .split('\n')
    .find((line) => line.startsWith(MARK))
  if (owner && !existsSync(`/proc/${owner.slice(MARK.length)}`)) rmSync(policy, { force: true })
}
