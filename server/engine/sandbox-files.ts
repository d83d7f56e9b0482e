import { CheckFault } from '../../checks/check.ts'
import type { FileLimits, SandboxFile, SandboxFiles } from '../../checks/files.ts'
import type { Clock } from '../clock.ts'
import { DrydockError } from '../errors.ts'
import type { Sandbox } from '../sandbox/sandbox-driver.ts'
import { innerPath, readTar, TarFault } from './tar-reader.ts'

const TAR = ['/opt/drydock/bin/busybox', 'tar', '-c', '-f', '-', '-C', '/', '--']
const READ_MS = 20_000

/**
 * Copies a file or folder out of a sandbox: an absolute path without `..`. Links on the way to it are followed by the
 * sandbox's kernel, links below it are copied as links, and hard links as files. Throws `sandbox-gone`, the reason of the
 * signal, and CheckFault `probe-failed` when the copy takes too long or is no archive of what was asked for.
 */
export async function readSandboxFiles(
  { sandbox, clock }: { sandbox: Pick<Sandbox, 'exec'>; clock: Clock },
  path: string,
  limits: FileLimits,
  signal: AbortSignal,
): Promise<SandboxFiles> {
  const top = innerPath(path)
  if (!path.startsWith('/') || !top) throw new RangeError(`No absolute path below the root: ${path}`)
  const late = new AbortController()
  const cancel = clock.after(READ_MS, () =>
    late.abort(new CheckFault('probe-failed', `Copying ${path} took too long.`)),
  )
  const ending = AbortSignal.any([signal, late.signal])
  try {
    const process = await sandbox.exec({ argv: [...TAR, top], user: 'root', signal: ending })
    process.stream.end()
    const files = await collect(process.stream as AsyncIterable<Buffer>, top, limits).finally(() =>
      process.stream.destroy(),
    )
    const exitCode = await process.exit
    if (exitCode === undefined) throw new DrydockError('sandbox-gone')
    // It also ends with 1 when a file went away meanwhile: what is there was copied.
    if (exitCode > 1) throw noArchive(path)
    return files.length > 0 ? { found: 'files', files } : { found: 'nothing' }
  } catch (error) {
    ending.throwIfAborted()
    if (!(error instanceof TarFault)) throw error
    if (error.reason === 'too-large' || error.reason === 'too-many') return { found: 'too-much' }
    throw noArchive(path)
  } finally {
    cancel()
  }
}

const noArchive = (path: string) =>
  new CheckFault('probe-failed', `${path} could not be copied from the sandbox.`)

async function collect(
  source: AsyncIterable<Buffer>,
  top: string,
  limits: FileLimits,
): Promise<SandboxFile[]> {
  const files = new Map<string, SandboxFile>()
  // Beside its 512 bytes an entry may have a long name, and the archive has an end.
  const maxBytes = limits.maxBytes + limits.maxFiles * 1024 + 1024 * 1024
  let room = limits.maxBytes
  for await (const entry of readTar(source, { maxBytes, maxEntries: limits.maxFiles * 2 })) {
    const path = below(top, entry.path)
    const original = entry.kind === 'hardlink' ? files.get(below(top, entry.link)) : undefined
    if (entry.kind === 'hardlink' && original?.kind !== 'file') throw new TarFault('garbage')
    room -= 512 + (original?.data.length ?? entry.size)
    if (room < 0 || files.size >= limits.maxFiles) throw new TarFault('too-large')
    const chunks: Buffer[] = []
    for await (const chunk of entry.body) chunks.push(chunk)
    const { mode, uid, gid, mtime } = entry
    files.set(path, {
      path,
      kind: entry.kind === 'hardlink' ? 'file' : entry.kind,
      mode,
      uid,
      gid,
      mtime,
      link: entry.kind === 'symlink' ? entry.link : '',
      data: original?.data ?? (entry.kind === 'file' ? Buffer.concat(chunks) : Buffer.alloc(0)),
    })
  }
  return [...files.values()]
}

/** The path inside what was asked for. */
function below(top: string, path: string): string {
  const inner = innerPath(path)
  if (inner === top) return ''
  if (inner === undefined || !inner.startsWith(`${top}/`)) throw new TarFault('garbage')
  return inner.slice(top.length + 1)
}
