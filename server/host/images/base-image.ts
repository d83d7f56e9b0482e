import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type Docker from 'dockerode'
import { DrydockError } from '../../errors.ts'
import { ensurePrograms } from '../programs.ts'
import type { Step } from '../report.ts'
import { run } from '../run.ts'
import { shortHash } from './content-hash.ts'
import { followEngine } from './follow-engine.ts'

const REGISTRY = 'https://registry-1.docker.io/v2/'
const REGISTRY_IMAGE = 'debian:trixie-slim'
const REGISTRY_ANSWERS_WITHIN_MS = 2_000
const PULL_WITHIN_MS = 120_000

/** 2026-01-01, so that what the tools stamp does not depend on the hour of the build. */
const SOURCE_DATE_EPOCH = 1_767_225_600

const MIRROR = 'http://deb.debian.org'
const SOURCES = [
  `deb ${MIRROR}/debian trixie main`,
  `deb ${MIRROR}/debian trixie-updates main`,
  `deb ${MIRROR}/debian-security trixie-security main`,
]

/** As Debian's own slim image: no manuals, no translations, no package caches, and no service starts in a build. */
const OPTIONS = [
  '--variant=minbase',
  '--dpkgopt=path-exclude=/usr/share/man/*',
  '--dpkgopt=path-exclude=/usr/share/locale/*',
  '--dpkgopt=path-exclude=/usr/share/info/*',
  '--dpkgopt=path-exclude=/usr/share/doc/*',
  '--dpkgopt=path-include=/usr/share/doc/*/copyright',
  '--aptopt=Acquire::Languages "none"',
  `--customize-hook=printf '%s\\n' 'Dir::Cache::pkgcache "";' 'Dir::Cache::srcpkgcache "";' 'APT::Keep-Downloaded-Packages "false";' > "$1/etc/apt/apt.conf.d/90no-caches"; rm -f "$1"/var/cache/apt/*.bin`,
  `--customize-hook=printf '#!/bin/sh\\nexit 101\\n' > "$1/usr/sbin/policy-rc.d"; chmod 0755 "$1/usr/sbin/policy-rc.d"`,
]

const REPO = 'drydock/base'
const CHANGES = ['CMD ["bash"]', 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']

/** What the base image is called: another recipe, or another archive to take it from (empty for none), is another image. Throws `file-unreadable`. */
export async function baseTag(archive: string): Promise<string> {
  const recipe = [SOURCES, OPTIONS, SOURCE_DATE_EPOCH, REGISTRY_IMAGE]
  return `${REPO}:${shortHash(archive ? await hashOf(archive) : recipe)}`
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(file), hash)
  } catch (error) {
    throw new DrydockError('file-unreadable', `${file} (DRYDOCK_BASE_ARCHIVE): ${(error as Error).message}`)
  }
  return hash.digest('hex')
}

/** Makes Debian 13 an image of the engine, by the name `tag`: from the archive where there is one; else from a registry when one answers; else from Debian's packages. */
export async function makeBaseImage(
  docker: Docker,
  { tag, archive }: { tag: string; archive: string },
  step: Step,
  signal?: AbortSignal,
): Promise<void> {
  if (archive) return await importImage(docker, archive, tag)
  if ((await registryAnswers()) && (await pull(docker, tag, step))) return
  await ensurePrograms(
    [{ name: 'mmdebstrap', packages: ['mmdebstrap', 'debian-archive-keyring'] }],
    step,
    signal,
  )
  const directory = await mkdtemp(join(tmpdir(), 'drydock-base-'))
  try {
    const tar = join(directory, 'base.tar')
    const argv = [
      'env',
      `SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH}`,
      'mmdebstrap',
      ...OPTIONS,
      'trixie',
      tar,
      ...SOURCES,
    ] as const
    await run(argv, { signal, onLine: (line) => step.progress(`mmdebstrap ${line.slice(0, 80)}`) })
    await importImage(docker, tar, tag)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function importImage(docker: Docker, tar: string, image: string): Promise<void> {
  const [repo = '', tag = ''] = image.split(':')
  const stream = await docker.importImage(tar, { repo, tag, changes: CHANGES })
  await followEngine(docker, stream, () => {})
}

async function registryAnswers(): Promise<boolean> {
  return await fetch(REGISTRY, { signal: AbortSignal.timeout(REGISTRY_ANSWERS_WITHIN_MS) }).then(
    (response) => response.status === 401 || response.ok,
    () => false,
  )
}

/** Whether the pull worked; packages are the other way, so that a registry which limits or stalls does no harm. */
async function pull(docker: Docker, image: string, step: Step): Promise<boolean> {
  try {
    const stream = await docker.pull(REGISTRY_IMAGE, { abortSignal: AbortSignal.timeout(PULL_WITHIN_MS) })
    await followEngine(docker, stream, (line) => step.progress(`pulling ${REGISTRY_IMAGE}: ${line}`))
    const [repo = '', tag = ''] = image.split(':')
    await docker.getImage(REGISTRY_IMAGE).tag({ repo, tag })
    return true
  } catch {
    return false
  }
}
