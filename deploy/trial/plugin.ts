import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../server/host/run.ts'

/** Debian 13's compose; Debian 12 has none that knows this file's format. */
const PACKAGE = 'http://deb.debian.org/debian/pool/main/d/docker-compose/docker-compose_2.26.1-4_amd64.deb'
const SHA256 = '47681197cb2b1ab88206b42a1a92fc75f50d9530a6322d03494a473eed0408ea'

/** The directory to use as DOCKER_CONFIG, with compose in it; nothing is installed on the machine. */
export async function fetchCompose(place: string): Promise<string> {
  const answer = await fetch(PACKAGE, { signal: AbortSignal.timeout(120_000) })
  const bytes = Buffer.from(await answer.arrayBuffer())
  const sum = createHash('sha256').update(bytes).digest('hex')
  if (sum !== SHA256) throw new Error(`${PACKAGE} has the sum ${sum}, not ${SHA256}`)
  const file = join(place, 'compose.deb')
  await writeFile(file, bytes)
  const config = join(place, 'docker')
  await mkdir(config)
  await run(['dpkg-deb', '-x', file, join(place, 'package')])
  await run(['ln', '-s', join(place, 'package/usr/libexec/docker/cli-plugins'), join(config, 'cli-plugins')])
  return config
}
