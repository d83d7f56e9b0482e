import { createHash } from 'node:crypto'
import { join } from 'node:path'

/** Which settings place an engine of Drydock's own. */
export interface EnginePlace {
  engineDir: string
  runDir: string
}

/** Every path and name that an engine of Drydock's own has on this machine. */
export interface EngineLayout {
  /** Kept: images and containers, settings, logs. */
  engineDir: string
  dataRoot: string
  daemonConfig: string
  engineLog: string
  wayLog: string
  /** Gone after a reboot: sockets, pid files, what the engine keeps while it runs. */
  runDir: string
  socket: string
  execRoot: string
  /** Files of the engine's containerd and its shims for a moment. */
  tmp: string
  enginePid: string
  containerdPid: string
  wayPid: string
  networks: string
  /** Network namespace, by name and by path. */
  namespace: string
  namespacePath: string
}

/** The layout of the engine at a place; two places never share a path or a name. */
export function engineLayout({ engineDir, runDir }: EnginePlace): EngineLayout {
  const namespace = `drydock-${createHash('sha256').update(runDir).digest('hex').slice(0, 8)}`
  const execRoot = join(runDir, 'exec')
  return {
    engineDir,
    dataRoot: join(engineDir, 'data'),
    daemonConfig: join(engineDir, 'daemon.json'),
    engineLog: join(engineDir, 'dockerd.log'),
    wayLog: join(engineDir, 'slirp4netns.log'),
    runDir,
    socket: join(runDir, 'docker.sock'),
    execRoot,
    tmp: join(runDir, 'tmp'),
    enginePid: join(runDir, 'docker.pid'),
    containerdPid: join(execRoot, 'containerd/containerd.pid'),
    wayPid: join(runDir, 'slirp4netns.pid'),
    networks: join(runDir, 'networks.json'),
    namespace,
    namespacePath: join('/run/netns', namespace),
  }
}
