import { access, constants, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DrydockError } from '../errors.ts'
import type { Step } from './report.ts'
import { run } from './run.ts'
import { withServicesDenied } from './service-guard.ts'

/** A program that Drydock calls on this machine, and the Debian packages that bring it. */
export interface Program {
  name: string
  packages: readonly string[]
}

const SEARCHED = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/**
 * Installs what is missing with apt-get, on Debian and Ubuntu as root, without starting any service.
 * Answers with the names of the packages it installed. Throws `host-not-ready` where it cannot.
 */
export async function ensurePrograms(
  programs: readonly Program[],
  step: Step,
  signal?: AbortSignal,
): Promise<string[]> {
  const present = await Promise.all(programs.map((program) => isInstalled(program.name)))
  const missing = programs.filter((_, index) => !present[index])
  if (missing.length === 0) return []
  const packages = [...new Set(missing.flatMap((program) => program.packages))]
  await assertApt(missing, packages)
  await withServicesDenied(packages, async () => {
    const apt = [
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-q',
      '-o',
      'DPkg::Lock::Timeout=300',
    ] as const
    const onLine = (line: string) => step.progress(`apt-get: ${line.slice(0, 100)}`)
    // Another repository of the machine may be unreachable; what matters is whether the install works.
    await run([...apt, 'update'], { signal, onLine }).catch((error) => {
      if (signal?.aborted) throw error
    })
    await run([...apt, 'install', '-y', '--no-install-recommends', ...packages], { signal, onLine })
  })
  if (packages.includes('docker.io')) await keepServicesOff()
  return packages
}

async function isInstalled(name: string): Promise<boolean> {
  for (const directory of SEARCHED) {
    const found = await access(join(directory, name), constants.X_OK).then(
      () => true,
      () => false,
    )
    if (found) return true
  }
  return false
}

async function assertApt(missing: readonly Program[], packages: readonly string[]): Promise<void> {
  const names = missing.map((program) => program.name).join(', ')
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  if (!/^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release)) {
    throw new DrydockError(
      'host-not-ready',
      `Missing here: ${names}. Install them with this system's packages (Debian calls them ${packages.join(' ')}).`,
    )
  }
  if (process.getuid?.() !== 0) {
    throw new DrydockError(
      'host-not-ready',
      `Missing here: ${names}. As root: apt-get install --no-install-recommends ${packages.join(' ')}`,
    )
  }
}

/** Docker's own service would come up at the next boot and write firewall rules; Drydock runs its own. */
async function keepServicesOff(): Promise<void> {
  if (await isInstalled('systemctl')) await run(['systemctl', 'disable', 'docker.service', 'docker.socket'])
  else if (await isInstalled('update-rc.d')) await run(['update-rc.d', 'docker', 'disable'])
}
