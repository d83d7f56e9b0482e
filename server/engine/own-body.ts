import type { CloneSpec, OwnContainer, OwnMount, OwnNetwork, ProbeSpec } from '../../checks/own-container.ts'

const MEGABYTE = 1024 * 1024
const MAX_MEMORY = 256 * MEGABYTE
/** The least that an engine accepts is 6 MB. */
const MIN_MEMORY = 8 * MEGABYTE
const MAX_PIDS = 100

/** What the engine's create wants for a probe. */
export function probeBody(spec: ProbeSpec): Record<string, unknown> & { HostConfig: object } {
  const { processes } = spec
  const body = commonBody(spec, 64 * MEGABYTE)
  const PidMode =
    processes === undefined ? '' : processes.kind === 'engine' ? 'host' : `container:${processes.id}`
  // Its own namespaces tell those of the engine then.
  const all = { UsernsMode: 'host', UTSMode: 'host', IpcMode: 'host', CgroupnsMode: 'host' }
  return {
    ...body,
    HostConfig: { ...body.HostConfig, PidMode, ...(processes?.kind === 'engine' && all) },
  }
}

/** What the engine's create wants for a clone. */
export function cloneBody(spec: CloneSpec): Record<string, unknown> & { HostConfig: object } {
  const body = commonBody(spec, MAX_MEMORY)
  return {
    ...body,
    Tty: spec.tty,
    ...(spec.stopSignal !== null && { StopSignal: spec.stopSignal }),
    ...(spec.stopTimeout !== null && { StopTimeout: spec.stopTimeout }),
    ...(spec.hostname !== undefined && { Hostname: spec.hostname }),
    ...(spec.healthcheck && { Healthcheck: spec.healthcheck }),
    HostConfig: { ...body.HostConfig, Init: spec.init, ReadonlyRootfs: spec.readOnlyRoot ?? false },
  }
}

function commonBody(spec: OwnContainer, memory: number) {
  const bytes = Math.min(Math.max(spec.memory ?? memory, MIN_MEMORY), MAX_MEMORY)
  const mounts = spec.mounts ?? []
  return {
    Image: spec.image,
    ...(spec.entrypoint && { Entrypoint: spec.entrypoint }),
    ...(spec.cmd && { Cmd: spec.cmd }),
    Env: spec.env ?? [],
    User: spec.user ?? '',
    WorkingDir: spec.workingDir ?? '',
    Labels: spec.labels ?? {},
    HostConfig: {
      Memory: bytes,
      MemorySwap: bytes,
      PidsLimit: Math.min(spec.pids ?? MAX_PIDS, MAX_PIDS),
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
      RestartPolicy: { Name: 'no' },
      ...networkOf(spec.network ?? { kind: 'none' }),
      CapAdd: spec.capAdd ?? [],
      CapDrop: spec.capDrop ?? [],
      Mounts: mounts.flatMap((mount) => mountOf(mount)),
      Tmpfs: Object.fromEntries(
        mounts.flatMap((mount) => (mount.kind === 'tmpfs' ? [[mount.target, mount.options]] : [])),
      ),
    },
  }
}

/** An engine that remaps users by default refuses its own network to a container that is remapped. */
function networkOf(network: OwnNetwork) {
  if (network.kind === 'none') return { NetworkMode: 'none' }
  if (network.kind === 'engine') return { NetworkMode: 'host', UsernsMode: 'host' }
  return { NetworkMode: network.kind === 'container' ? `container:${network.id}` : network.id }
}

function mountOf(mount: OwnMount): object[] {
  const { target: Target } = mount
  if (mount.kind === 'tmpfs') return []
  if (mount.kind === 'path') return [{ Type: 'bind', Source: mount.path, Target, ReadOnly: mount.readOnly }]
  // Without NoCopy an empty volume would be filled from the image.
  const VolumeOptions = { NoCopy: true }
  if (mount.kind === 'copy') return [{ Type: 'volume', Target, VolumeOptions }]
  return [{ Type: 'volume', Source: mount.name, Target, ReadOnly: mount.readOnly, VolumeOptions }]
}
