import type Docker from 'dockerode'
import { DrydockError } from '../../errors.ts'
import { runOnce } from './one-shot.ts'
import { type RunOptions, runOptions } from './run-options.ts'

const WRITABLE = 10
const NO_CONTROL = 11

/**
 * What a student with root would try against the mounts that all sandboxes share. First the same on a mount of the sandbox's
 * own, where it must work: else the attempt proves nothing.
 */
const ATTACK = `
  bb=/opt/drydock/bin/busybox
  $bb mount -t tmpfs tmpfs /mnt && $bb mount -o remount,ro,bind /mnt && ! (: > /mnt/x) || exit ${NO_CONTROL}
  $bb mount -o remount,rw,bind /mnt && : > /mnt/x || exit ${NO_CONTROL}
  for shared in /opt/golden /opt/drydock; do
    $bb mount -o remount,rw,bind $shared
    $bb mount -o remount,rw $shared
    $bb mount --bind $shared /mnt && $bb mount -o remount,rw,bind /mnt
    for place in $shared /mnt; do
      ! (: > $place/written) || exit ${WRITABLE}
    done
  done
  exit 0
`

/** Proves once that store and tools cannot be written from a sandbox. Throws `engine-unsafe` when they can. */
export async function proveReadOnly(docker: Docker, options: RunOptions): Promise<void> {
  const create = runOptions(options)
  const shared = (create.HostConfig?.Binds ?? []).filter((bind) => !bind.endsWith(':/data'))
  const { code, output } = await runOnce(docker, {
    ...create,
    Entrypoint: ['/opt/drydock/bin/busybox', 'sh', '-c', ATTACK],
    Cmd: [],
    HostConfig: { ...create.HostConfig, Binds: shared },
  })
  if (code === 0) return
  const why =
    code === WRITABLE
      ? 'A sandbox can write to the files that all sandboxes share.'
      : `Whether sandboxes can write to shared files could not be found out (code ${code}: ${output}).`
  throw new DrydockError('engine-unsafe', why)
}
