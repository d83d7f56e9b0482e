import type Docker from 'dockerode'
import { DrydockError } from '../../errors.ts'
import { DISK_RESERVE_BYTES, usualSize } from '../limits.ts'
import type { SandboxNames, SandboxSpec, StartStep } from '../sandbox-driver.ts'
import { isUnreachable, nameFault } from './engine-faults.ts'
import type { ExecDeps } from './exec.ts'
import type { HostFacts } from './host-facts.ts'
import { HostHelperError, helperCodes } from './host-helper.ts'
import { labels } from './labels.ts'
import { sandboxName } from './own-sandboxes.ts'
import { mountOf } from './read-only-files.ts'
import { removeContainer } from './remove-container.ts'
import { type RunOptions, runOptions } from './run-options.ts'
import { lastWords, startContainer, waitForEngine } from './sandbox-start.ts'

export interface DriverLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** What every sandbox of a driver is made with. */
export interface Ground {
  facts: HostFacts
  /** Name of the tools file. */
  tools: string
  /** Name of the golden store; the workshop in which one is made has none. */
  store?: string
}

interface MakeOptions {
  kind: 'sandbox' | 'builder'
  signal?: AbortSignal
  onStep?: (step: StartStep) => void
}

/** What of a sandbox is there. */
export interface Made {
  disk?: boolean
  container?: Docker.Container
}

interface Deps extends ExecDeps {
  docker: Docker
  log: DriverLog
  installation: string
  hostDir: string
  /** The sandbox image's id on the host engine. */
  image: string
  maxCpus?: number
}

const isLost = (error: unknown) => error instanceof HostHelperError && error.code === helperCodes.lost

/** The kernel takes no argument of more than 128 KiB; nobody reads a longer message. */
const MOTD_BYTES = 16 * 1024

/** Throws when host name or message cannot be a sandbox's. */
export function checkNames({ hostname, motd }: SandboxNames) {
  if (!/^[a-z0-9-]{1,40}$/.test(hostname)) throw new Error(`"${hostname}" is not a host name`)
  if (Buffer.byteLength(motd) > MOTD_BYTES || motd.includes('\0'))
    throw new Error('The message of the day is too long')
}

function checkSpec(spec: SandboxSpec) {
  if (!/^[0-9a-f]{16}$/.test(spec.id)) throw new Error(`"${spec.id}" is not the id of a sandbox`)
  checkNames(spec)
}

/** Nobody wants it any more: that is no fault for the log. */
const brokenOff = (error: unknown) =>
  new DrydockError('sandbox-failed', error instanceof Error ? error.message : undefined, { cause: error })

/** Makes sandboxes from nothing to an answering engine, and takes them back in reverse. */
export class SandboxMaker {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** The container of a sandbox whose engine answers. When any step fails, what was made is gone again before it throws. */
  async make(spec: SandboxSpec, ground: Ground, options: MakeOptions): Promise<Docker.Container> {
    const { helper, ends, clock } = this.#deps
    const { signal, onStep } = options
    const made: Made = {}
    let since = clock.now()
    const step = (name: StartStep['name']) => {
      onStep?.({ name, ms: clock.now() - since })
      since = clock.now()
      signal?.throwIfAborted()
    }
    try {
      signal?.throwIfAborted()
      checkSpec(spec)
      const container = await this.#makeParts(spec, ground, options.kind, made)
      step('disk')
      const parts = { container, helper, ends, clock }
      await startContainer(parts, spec.id, ground.facts.owner)
      step('sandbox')
      await waitForEngine(parts, signal)
      step('engine')
      return container
    } catch (error) {
      const failure = signal?.aborted ? brokenOff(error) : await this.describe(error, made.container)
      await this.unmake(spec.id, made).catch((err: unknown) => {
        this.#deps.log.warn(
          { err, sandbox: spec.id },
          'a failed start could not be undone; the next sweep will',
        )
      })
      throw failure
    }
  }

  /** Removes container and disk, as far as they are there. */
  async unmake(id: string, made: Made): Promise<void> {
    if (made.container) await removeContainer(made.container)
    if (made.disk) await this.#deps.helper.request('drop_disk', id)
  }

  /** The fault in the words of the driver's contract; what the sandbox printed goes to the log. */
  async describe(error: unknown, container: Docker.Container | undefined): Promise<unknown> {
    if (isUnreachable(error)) return nameFault(error)
    if (isLost(error))
      return new DrydockError('engine-unreachable', 'The host engine was lost during the start', {
        cause: error,
      })
    const output = container ? await lastWords(container) : ''
    this.#deps.log.warn({ err: error, output }, 'a sandbox did not start')
    if (error instanceof HostHelperError && error.code === helperCodes.diskFull)
      return new DrydockError('disk-full', error.message, { cause: error })
    return new DrydockError('sandbox-failed', error instanceof Error ? error.message : undefined, {
      cause: error,
    })
  }

  runOptions(spec: SandboxSpec, { facts, tools, store }: Ground, kind: MakeOptions['kind']): RunOptions {
    const { installation, hostDir, image } = this.#deps
    return {
      name: this.nameOf(spec.id),
      image,
      hostname: spec.hostname,
      motd: spec.motd,
      labels: labels({ installation, kind, sandbox: spec.id, store, pooled: spec.pooled }),
      mounts: {
        disk: this.diskOf(spec.id),
        tools: mountOf(hostDir, tools),
        store: store && mountOf(hostDir, store),
      },
      size: spec.size ?? usualSize,
      cores: facts.cores,
      maxCpus: this.#deps.maxCpus ?? 0,
      appArmor: facts.appArmor,
    }
  }

  /** The container's name. */
  nameOf(id: string): string {
    return sandboxName(this.#deps.installation, id)
  }

  /** Where the disk is mounted, in the host engine's mount namespace. */
  diskOf(id: string): string {
    return `${this.#deps.hostDir}/${this.#deps.installation}/${id}/root`
  }

  /** Disk and container side by side; a checkpoint's disk first, because it says which store it needs. */
  async #makeParts(
    spec: SandboxSpec,
    ground: Ground,
    kind: MakeOptions['kind'],
    made: Made,
  ): Promise<Docker.Container> {
    const disk = this.#makeDisk(spec, ground).then(
      (store) => {
        made.disk = true
        return store
      },
      (error: unknown) => {
        // Refused or failed: the helper left nothing. Lost on the way: nobody knows, so it counts as made.
        made.disk = isLost(error)
        throw error
      },
    )
    const container = (spec.checkpoint ? disk : Promise.resolve(ground.store)).then(async (store) => {
      const options = runOptions(this.runOptions(spec, { ...ground, store }, kind))
      made.container = await this.#deps.docker.createContainer(options)
      return made.container
    })
    // When one fails the other must have ended before what it made can be undone.
    await Promise.allSettled([disk, container])
    await disk
    return await container
  }

  /** Makes and mounts the disk; answers with the store it is made over. */
  async #makeDisk(
    { id, size, checkpoint, checkpointOf }: SandboxSpec,
    { facts, tools, store }: Ground,
  ): Promise<string | undefined> {
    const { helper } = this.#deps
    if (checkpoint) {
      const madeOver = await helper.request(
        'copy_disk',
        id,
        facts.owner,
        DISK_RESERVE_BYTES,
        checkpoint,
        tools,
        checkpointOf ?? this.#deps.installation,
      )
      return madeOver.trim()
    }
    const { diskBytes } = size ?? usualSize
    await helper.request('make_disk', id, facts.owner, diskBytes, DISK_RESERVE_BYTES, store ?? '-', tools)
    return store
  }
}
