import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CheckFault } from '../../checks/check.ts'
import type { SandboxFile } from '../../checks/files.ts'
import { notYet } from '../../checks/outcome.ts'
import type { Evidence, Outcome } from '../../checks/verdict.ts'
import type { CleanRoomCode } from '../../labs/clean-room-codes.ts'
import type { Clock } from '../clock.ts'
import { packTar } from '../engine/pack-tar.ts'
import { readSandboxFiles } from '../engine/sandbox-files.ts'
import { innerPath } from '../engine/tar-reader.ts'
import type { Sandbox } from '../sandbox/sandbox-driver.ts'

/** Something of the student's that was taken into a clean room. */
export interface Carried {
  kind: 'files' | 'image'
  /** Path below the student's home, or tag. */
  name: string
  /** Of all plain files of it, or of the image's archive. */
  bytes: number
  /** Hex: over each file's path, permissions and bytes in the order of their paths; of an image the digest of its id. */
  sha256: string
}

/** All files of one clean room together; a lab's are source texts. */
const FILES_LIMITS = { maxBytes: 16 * 1024 * 1024, maxFiles: 2_000 } as const

const HOME = '/home/student'

/** Files and folders below the student's home, ready to be unpacked. */
export interface FilesTaken {
  tops: { name: string; files: SandboxFile[] }[]
  carried: Carried[]
}

/**
 * Takes what a lab names of the student's home. Answers with the verdict where something is missing, too large, or holds
 * links, pipes or devices. Throws what readSandboxFiles throws.
 */
export async function takeFiles(
  deps: { sandbox: Pick<Sandbox, 'exec'>; clock: Clock },
  names: readonly string[],
  signal: AbortSignal,
): Promise<FilesTaken | Outcome> {
  const taken: FilesTaken = { tops: [], carried: [] }
  let { maxBytes, maxFiles }: { maxBytes: number; maxFiles: number } = FILES_LIMITS
  for (const name of names) {
    const inner = innerPath(name)
    if (!inner || name.startsWith('/'))
      throw new CheckFault('check-invalid', `${name} is no path below the home.`)
    const read = await readSandboxFiles(deps, `${HOME}/${inner}`, { maxBytes, maxFiles }, signal)
    if (read.found === 'nothing') return missing(`\`${inner}\` in your home`)
    if (read.found === 'too-much') return tooLarge(inner)
    const strange = read.files.find(({ kind }) => kind !== 'file' && kind !== 'folder')
    if (strange) return refused([inner, strange.path].filter(Boolean).join('/'), strange.kind)
    const files = read.files
      .toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
      .map(tame)
    const bytes = files.reduce((sum, { data }) => sum + data.length, 0)
    maxBytes -= bytes + files.length * 512
    maxFiles -= files.length
    taken.tops.push({ name: inner, files })
    taken.carried.push({ kind: 'files', name: inner, bytes, sha256: digest(files) })
  }
  return taken
}

/** Unpacks them in the student's home of a fresh sandbox, as the student. False when they cannot be. */
export async function unpackFiles(
  sandbox: Pick<Sandbox, 'exec'>,
  { tops }: FilesTaken,
  signal: AbortSignal,
): Promise<boolean> {
  for (const { name, files } of tops) {
    const argv = ['/opt/drydock/bin/busybox', 'tar', '-x', '-f', '-', '-C', HOME]
    const process = await sandbox.exec({ argv, user: 'student', signal })
    process.stream.resume()
    await pipeline(Readable.from(packTar(name, files)), process.stream, { end: true }).catch(() => {})
    const exitCode = await process.exit
    signal.throwIfAborted()
    if (exitCode !== 0) return false
  }
  return true
}

/** A verdict of the clean room itself. */
export const cleanRoomSays = (code: CleanRoomCode, message: string, evidence: Evidence[]): Outcome =>
  notYet(code, message, evidence)

export const missing = (what: string): Outcome =>
  cleanRoomSays('artefact-missing', `There is no ${what}. It is what this task is judged by.`, [
    { expected: what, observed: 'none', source: 'sandbox' },
  ])

export const tooLarge = (name: string): Outcome =>
  cleanRoomSays('artefact-too-large', `\`${name}\` is larger than what this task takes along.`, [
    { expected: 'less', observed: 'more', source: name },
  ])

/** No set-id bits, and always readable by its owner. */
function tame(file: SandboxFile): SandboxFile {
  const mode = (file.mode & 0o777) | (file.kind === 'folder' ? 0o700 : 0o600)
  return { ...file, mode, uid: 0, gid: 0 }
}

function refused(path: string, kind: SandboxFile['kind']): Outcome {
  const observed = kind === 'symlink' ? 'a link' : 'neither'
  return notYet(
    'artefact-refused',
    `\`${path}\` is no plain file and no folder. Only those are taken along.`,
    [{ expected: 'plain files and folders', observed, source: path }],
  )
}

/** Lengths stand before what they measure, so that no part can slide into its neighbour. */
function digest(files: readonly SandboxFile[]): string {
  const hash = createHash('sha256')
  for (const { path, kind, mode, data } of files)
    hash
      .update(`${kind} ${mode} ${Buffer.byteLength(path)} ${data.length}\n`)
      .update(path)
      .update(data)
  return hash.digest('hex')
}
