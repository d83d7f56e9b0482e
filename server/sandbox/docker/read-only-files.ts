import { createHash, randomBytes } from 'node:crypto'
import type Docker from 'dockerode'
import { type HostHelper, HostHelperError, helperCodes } from './host-helper.ts'
import { labels } from './labels.ts'
import { runOnce } from './one-shot.ts'

/** Raised when the layout inside a file changes, so that an older one is not taken for the new. */
const LAYOUT = 1

export interface ReadOnlyFiles {
  helper: HostHelper
  docker: Docker
  installation: string
  hostDir: string
}

/** A file's name, `store-…` or `tools-…`, from all that decides its contents. */
export function fileName(kind: 'store' | 'tools', inputs: unknown): string {
  return `${kind}-${createHash('sha256')
    .update(JSON.stringify([LAYOUT, inputs]))
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
 * Runs `script` in a container of `image`; it must write the file that its variable FILE names. The file gets its real name
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
    Entrypoint: ['sh', '-euc', pack.script],
    Env: [`FILE=/out/${name}.${attempt}.new`],
    Labels: labels({ installation: files.installation, kind: 'builder' }),
    HostConfig: {
      UsernsMode: 'host',
      NetworkMode: 'none',
      Binds: [`${files.hostDir}/shared:/out`, ...(pack.binds ?? [])],
    },
  })
  if (code !== 0) throw new Error(`Packing ${name} failed with code ${code}: ${output}`)
  await files.helper.request('publish_image', name, attempt)
}

/** The tools mount's file, from the image that compiled them. Owned by host root: in the sandbox by nobody that is there. */
export async function ensureTools(files: ReadOnlyFiles, image: string): Promise<string> {
  const name = fileName('tools', image)
  await ensureFile(files, name, () =>
    packFile(files, name, { image, script: 'mkfs.erofs --quiet --all-root -T0 "$FILE" /tools' }),
  )
  return name
}
