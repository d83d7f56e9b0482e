import type { Duplex } from 'node:stream'
import type Docker from 'dockerode'
import { DrydockError } from '../../errors.ts'
import { sandboxOf } from '../checkpoint-name.ts'
import { DISK_RESERVE_BYTES } from '../limits.ts'
import type {
  ExecSpec,
  Sandbox,
  SandboxChanges,
  SandboxNames,
  SandboxProcess,
  SandboxState,
  SandboxStats,
  SandboxWitness,
  TakenCheckpoint,
} from '../sandbox-driver.ts'
import { CHANGES_LIMIT, parseChanges } from './changes.ts'
import { dialEngineArgv } from './engine-dial.ts'
import { isStatus, nameFault } from './engine-faults.ts'
import { type ExecDeps, startExec } from './exec.ts'
import { type HostHelper, HostHelperError, helperCodes } from './host-helper.ts'
import { labelNames } from './labels.ts'
import { removeContainer } from './remove-container.ts'
import { checkNames } from './sandbox-maker.ts'
import { FILES_LIMIT, parseWitness } from './witness.ts'

/** A student engine that was just killed is back within this time, in milliseconds. */
const DIAL_MS = 5_000

/** One sandbox on the host engine. Holds nothing but names, so any number of these may stand for the same sandbox. */
export class DockerSandbox implements Sandbox {
  readonly id: string
  readonly sharesClock: boolean
  readonly #container: Docker.Container
  readonly #helper: HostHelper
  readonly #execDeps: ExecDeps

  constructor(deps: ExecDeps & { id: string; sharesClock: boolean; container: Docker.Container }) {
    this.id = deps.id
    this.sharesClock = deps.sharesClock
    this.#container = deps.container
    this.#helper = deps.helper
    this.#execDeps = deps
  }

  async state(): Promise<SandboxState> {
    try {
      const { State } = await this.#container.inspect()
      return State.Running ? 'running' : 'stopped'
    } catch (error) {
      if (isStatus(error, 404)) return 'gone'
      throw nameFault(error)
    }
  }

  async store(): Promise<string | null> {
    const { Config } = await this.#container.inspect().catch(goneOr)
    return Config.Labels[labelNames.store] ?? null
  }

  async claim(names: SandboxNames): Promise<void> {
    checkNames(names)
    const pid = await this.#pid()
    // The helper takes words of 80 characters and nothing but letters, digits and a few signs.
    const coded = Buffer.from(`${names.motd}\n`).toString('base64').replace(/\+/g, '-').replace(/\//g, '_')
    const words = coded.match(/.{1,80}/g) ?? []
    await this.#helper
      .request('claim', this.id, this.#container.id, pid, names.hostname, ...words)
      .catch(goneOr)
  }

  exec(spec: ExecSpec): Promise<SandboxProcess> {
    return startExec({ ...this.#execDeps, container: this.#container }, spec)
  }

  async dialEngine(signal?: AbortSignal): Promise<Duplex> {
    const { stream } = await this.exec({ argv: dialEngineArgv(DIAL_MS), signal })
    return stream
  }

  async stats(): Promise<SandboxStats> {
    const [engine, room] = await Promise.all([
      this.#container.stats({ stream: false, 'one-shot': true }),
      this.#helper.request('room', this.id),
    ]).catch(goneOr)
    const [blocks = 0, free = 0, blockSize = 0] = room.trim().split(' ').map(Number)
    const memory = engine.memory_stats
    // Page cache that can be dropped at once is no use of memory: `inactive_file` on cgroup v2, its total on v1.
    const cache = memory.stats?.total_inactive_file ?? memory.stats?.inactive_file ?? 0
    return {
      memoryBytes: Math.max(0, (memory.usage ?? 0) - cache),
      memoryLimitBytes: memory.limit ?? 0,
      pids: engine.pids_stats?.current ?? 0,
      cpuNanos: engine.cpu_stats.cpu_usage.total_usage,
      diskBytes: (blocks - free) * blockSize,
      diskLimitBytes: blocks * blockSize,
    }
  }

  async changes(): Promise<SandboxChanges> {
    const pid = await this.#pid()
    return parseChanges(
      await this.#helper
        .request('changes', this.id, this.#container.id, pid, CHANGES_LIMIT + 1)
        .catch(goneOr),
    )
  }

  async witness(): Promise<SandboxWitness> {
    const pid = await this.#pid()
    const text = await this.#helper
      .request('witness', this.id, this.#container.id, pid, FILES_LIMIT + 1)
      .catch(goneOr)
    return parseWitness(text, this.#container.id, pid)
  }

  // The disk alone is frozen. A paused container with an exec that had just begun cannot be woken any more: the engine waits
  // for that exec, which stands still (seen with 20.10).
  async checkpoint(name: string): Promise<TakenCheckpoint> {
    if (sandboxOf(name) !== this.id)
      throw new Error(`"${name}" is not the name of a checkpoint of ${this.id}`)
    const { clock } = this.#execDeps
    const from = clock.now()
    try {
      const bytes = await this.#helper.request('checkpoint', this.id, name, DISK_RESERVE_BYTES)
      return { name, sandbox: this.id, bytes: Number(bytes), stoodStill: { from, to: clock.now() } }
    } catch (error) {
      if (error instanceof HostHelperError && error.code === helperCodes.diskFull)
        throw new DrydockError('disk-full', error.message, { cause: error })
      return goneOr(error)
    }
  }

  async pause(): Promise<void> {
    await this.#helper.request('pause', this.#container.id).catch(goneOr)
  }

  async unpause(): Promise<void> {
    await this.#helper.request('unpause', this.#container.id).catch((error: unknown) => {
      throw nameFault(error)
    })
  }

  async destroy(): Promise<void> {
    // What stands still cannot be ended on cgroup v1.
    await this.unpause()
    await removeContainer(this.#container).catch((error: unknown) => {
      throw nameFault(error)
    })
    await this.#helper.request('drop_disk', this.id)
  }

  async #pid(): Promise<number> {
    const { State } = await this.#container.inspect().catch(goneOr)
    if (!State.Running) throw new DrydockError('sandbox-gone')
    return State.Pid
  }
}

/** Rethrows; what says that the sandbox is not there or does not run becomes `sandbox-gone`. */
function goneOr(error: unknown): never {
  const ended = error instanceof HostHelperError && error.code === helperCodes.sandboxEnded
  if (ended || isStatus(error, 404, 409)) throw new DrydockError('sandbox-gone', undefined, { cause: error })
  throw nameFault(error)
}
