import type { ContainerObject } from './engine-view.ts'
import type { CloneSpec, OwnMount } from './own-container.ts'

/** A clone of a container: its command, environment, user, init and stop settings; no network and no mounts. */
export function specOf({ Image, Path, Args, Config, HostConfig }: ContainerObject): CloneSpec {
  return {
    image: Image,
    entrypoint: [Path],
    cmd: Args ?? [],
    env: Config.Env ?? [],
    user: Config.User,
    workingDir: Config.WorkingDir,
    init: HostConfig.Init ?? false,
    stopSignal: Config.StopSignal ?? null,
    stopTimeout: Config.StopTimeout ?? null,
    tty: Config.Tty,
  }
}

/** A container of an image with the image's own settings only. */
export function specOfImage(image: string): CloneSpec {
  return { image, entrypoint: null, cmd: null, init: false, tty: false, stopSignal: null, stopTimeout: null }
}

/** The same, with what else the container was made with: limits within ours, capabilities, health check, tmpfs. */
export function fullSpecOf(container: ContainerObject): CloneSpec {
  const { HostConfig, Config } = container
  return {
    ...specOf(container),
    ...(HostConfig.Memory > 0 && { memory: HostConfig.Memory }),
    ...((HostConfig.PidsLimit ?? 0) > 0 && { pids: HostConfig.PidsLimit ?? undefined }),
    ...(Config.Healthcheck && { healthcheck: Config.Healthcheck }),
    readOnlyRoot: HostConfig.ReadonlyRootfs,
    capAdd: HostConfig.CapAdd ?? [],
    capDrop: HostConfig.CapDrop ?? [],
    mounts: tmpfsOf(container),
  }
}

/** `--tmpfs` stands in one place of what inspect says, `--mount type=tmpfs` in another. */
function tmpfsOf({ HostConfig }: ContainerObject): OwnMount[] {
  const plain = Object.entries(HostConfig.Tmpfs ?? {})
  const asked = (HostConfig.Mounts ?? [])
    .filter((mount) => mount.Type === 'tmpfs')
    .map(({ Target, TmpfsOptions }) => {
      const { SizeBytes, Mode } = TmpfsOptions ?? {}
      const options = [SizeBytes && `size=${SizeBytes}`, Mode && `mode=${Mode.toString(8)}`]
      return [Target, options.filter(Boolean).join(',')] as const
    })
  return [...plain, ...asked].slice(0, 20).map(([target, options]) => ({ kind: 'tmpfs', target, options }))
}

/** The volumes and paths that a container has, for a clone: read-only, or each as a copy of its own. */
export function mountsOf(container: ContainerObject, how: 'read-only' | 'copy'): OwnMount[] {
  return (container.Mounts ?? []).slice(0, 10).flatMap((mount): OwnMount[] => {
    const { Type, Name, Source, Destination: target } = mount
    if (Type === 'volume' && Name) {
      return how === 'copy'
        ? [{ kind: 'copy', of: { volume: Name }, target }]
        : [{ kind: 'volume', name: Name, target, readOnly: true }]
    }
    if (Type !== 'bind') return []
    return how === 'copy'
      ? [{ kind: 'copy', of: { path: Source }, target }]
      : [{ kind: 'path', path: Source, target, readOnly: true }]
  })
}
