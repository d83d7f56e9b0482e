import { createHash, randomBytes } from 'node:crypto'
import type Docker from 'dockerode'
import { z } from 'zod'
import { type HostHelper, HostHelperError, helperCodes } from './host-helper.ts'
import { labels } from './labels.ts'
import { runOnce } from './one-shot.ts'

/** Raised when the layout inside a file changes, so that an older one is not taken for the new. */
const LAYOUT = 2

/** Read-only by their superblock, which nobody can remount writable; squashfs where the host's kernel lacks erofs. */
export const readOnlyFormat = z.enum(['erofs', 'squashfs'])
export type ReadOnlyFormat = z.infer<typeof readOnlyFormat>

/** Packs the directory DIR into the new file FILE; reproducible for the same contents. */
const PACKERS = {
  erofs: 'pack() { mkfs.erofs --quiet -U clear "$FILE" "$1"; }',
  squashfs: 'pack() { mksquashfs "$1" "$FILE" -quiet -no-progress -mkfs-time 0 -noI -noD -noF -noX; }',
} as const satisfies Record<ReadOnlyFormat, string>

export interface ReadOnlyFiles {
  helper: HostHelper
  docker: Docker
  /** The host engine's socket, for what its library cannot ask. */
  socketPath: string
  installation: string
  hostDir: string
  format: ReadOnlyFormat
}

/** A file's name, `store-…` or `tools-…`, from all that decides its contents. */
export function fileName(kind: 'store' | 'tools', format: ReadOnlyFormat, inputs: unknown): string {
  return `${kind}-${createHash('sha256')
    .update(JSON.stringify([LAYOUT, format, inputs]))
    .digest('hex')
    .slice(0, 16)}`
}

/** Where such a file is mounted, in the host engine's mount namespace. */
export const mountOf = (hostDir: string, name: string) => `${hostDir}/shared/${name}`

/** Mounts the file once for the whole host; makes it first where it is missing. */
export async function ensureFile(
  files: ReadOnlyFiles,
  name: string,
  make: () => Promise<void>,
): Promise<void> {
  try {
    await files.helper.request('open_image', name)
  } catch (error) {
    if (!(error instanceof HostHelperError) || error.code !== helperCodes.notThere) throw error
    await make()
    await files.helper.request('open_image', name)
  }
}

/**
 * Runs `script` in a container of `image`; it must call `pack DIRECTORY` in the end. The file gets its real name
 * only when it is whole, so two that make it at once do not meet.
 */
export async function packFile(
  files: ReadOnlyFiles,
  name: string,
  pack: { image: string; script: string; binds?: string[] },
): Promise<void> {
  const attempt = randomBytes(8).toString('hex')
  const { code, output } = await runOnce(files.docker, {
    Image: pack.image,
    Entrypoint: ['sh', '-euc', `${PACKERS[files.format]}\n${pack.script}`],
    Env: [`FILE=/out/${name}.${attempt}.new`],
    Labels: labels({ installation: files.installation, kind: 'builder' }),
    HostConfig: {
      UsernsMode: 'host',
      NetworkMode: 'none',
      // An engine in a container gives no more than it has.
      CapDrop: ['ALL'],
      CapAdd: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'],
      Binds: [`${files.hostDir}/shared:/out`, ...(pack.binds ?? [])],
    },
  })
  if (code !== 0) throw new Error(`Packing ${name} failed with code ${code}: ${output}`)
  await files.helper.request('publish_image', name, attempt)
}

/** The tools mount's file, from the image that compiled them. Owned by host root: in the sandbox by nobody that is there. */
export async function ensureTools(files: ReadOnlyFiles, image: string): Promise<string> {
  const name = fileName('tools', files.format, image)
  await ensureFile(files, name, () =>
    packFile(files, name, { image, script: 'chown -R 0:0 /tools && pack /tools' }),
  )
  return name
}
