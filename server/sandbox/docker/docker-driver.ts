import { randomBytes } from 'node:crypto'
import Docker from 'dockerode'
import type { Clock } from '../../clock.ts'
import { DrydockError } from '../../errors.ts'
import { DISK_RESERVE_BYTES, sandboxLimits } from '../limits.ts'
import type { Sandbox, SandboxDriver, SandboxSpec, StartStep, SweepReport } from '../sandbox-driver.ts'
import { DockerSandbox } from './docker-sandbox.ts'
import { isStatus, isUnreachable, nameFault } from './engine-faults.ts'
import { ensureStore, type LabImage, type StoreWorkshop } from './golden-store.ts'
import { type HostFacts, hostFacts } from './host-facts.ts'
import { HostHelper, HostHelperError, helperCodes } from './host-helper.ts'
import { labelFilter, labelNames, labels } from './labels.ts'
import { ensureTools, mountOf } from './read-only-files.ts'
import { proveReadOnly } from './remount-attack.ts'
import { removeContainer } from './remove-container.ts'
import { type RunOptions, runOptions } from './run-options.ts'
import { lastWords, startContainer, waitForEngine } from './sandbox-start.ts'
import { sweep } from './sweep.ts'

export interface DriverLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface DockerDriverDeps {
  /** Socket of the host engine. */
  socketPath: string
  /** Ids on the host engine. */
  images: { sandbox: string; builder: string; tools: string; labs: LabImage[] }
  installation: string
  /** Where disks and stores are, as a path of the host engine's mount namespace. Others on the host may use it too. */
  hostDir: string
  clock: Clock
  log: DriverLog
  /** Run also where the host engine does not remap user namespaces. */
  allowUnmapped: boolean
}

/** What `prepare` found out and made. */
interface Prepared {
  facts: HostFacts
  tools: string
  store: string
}

type CreateOptions = { signal?: AbortSignal; onStep?: (step: StartStep) => void }

/** Sandboxes as containers of a user-namespace-remapped host engine, each with a disk of its own. */
export class DockerSandboxDriver implements SandboxDriver {
  readonly #deps: DockerDriverDeps
  readonly #docker: Docker
  readonly #helper: HostHelper
  #prepared: Promise<Prepared> | undefined

  constructor(deps: DockerDriverDeps) {
    this.#deps = deps
    this.#docker = new Docker({ socketPath: deps.socketPath })
    this.#helper = new HostHelper({ docker: this.#docker, image: deps.images.builder, ...deps })
  }

  async prepare(): Promise<void> {
    await this.#ready()
  }

  async create(spec: SandboxSpec, options: CreateOptions = {}): Promise<Sandbox> {
    const prepared = await this.#ready()
    const container = await this.#start(spec, prepared, {
      kind: 'sandbox',
      store: prepared.store,
      ...options,
    })
    return this.#sandbox(spec.id, container)
  }

  async get(id: string): Promise<Sandbox | undefined> {
    const container = await this.#find(id)
    return container && this.#sandbox(id, container)
  }

  async restart(id: string): Promise<Sandbox> {
    const { facts } = await this.#ready()
    const container = await this.#find(id)
    if (!container) throw new DrydockError('sandbox-gone')
    const parts = { container, helper: this.#helper, clock: this.#deps.clock }
    try {
      const { State } = await container.inspect()
      if (State.Paused) await container.unpause()
      if (!State.Running) {
        await this.#helper.request('scrub', container.id)
        await this.#helper.request('open_disk', id, facts.owner)
        await startContainer(parts, id, facts.owner)
      }
      await waitForEngine(parts)
    } catch (error) {
      throw await this.#failure(error, container)
    }
    return this.#sandbox(id, container)
  }

  async list(): Promise<string[]> {
    const all = await this.#docker
      .listContainers({ all: true, filters: labelFilter(this.#deps.installation, 'sandbox') })
      .catch((error: unknown) => {
        throw nameFault(error)
      })
    return all.flatMap(({ Labels }) => Labels[labelNames.sandbox] ?? [])
  }

  async sweep(keep: ReadonlySet<string>): Promise<SweepReport> {
    await this.#ready()
    return await sweep(
      { docker: this.#docker, helper: this.#helper, installation: this.#deps.installation },
      keep,
    )
  }

  async close(): Promise<void> {
    await this.#helper.close()
    this.#prepared = undefined
  }

  #ready(): Promise<Prepared> {
    this.#prepared ??= this.#prepare().catch((error: unknown) => {
      this.#prepared = undefined
      throw nameFault(error)
    })
    return this.#prepared
  }

  async #prepare(): Promise<Prepared> {
    const { images, installation, hostDir, allowUnmapped } = this.#deps
    const facts = await hostFacts(this.#docker, allowUnmapped)
    await this.#helper.request('setup')
    await this.#wakeLeftovers()
    const files = { helper: this.#helper, docker: this.#docker, installation, hostDir }
    const tools = await ensureTools(files, images.tools)
    const inputs = { images: images.labs, sandboxImage: images.sandbox, owner: facts.owner }
    const store = await ensureStore(files, inputs, () => this.#openWorkshop(facts, tools), images.builder)
    const id = randomId()
    await proveReadOnly(
      this.#docker,
      this.#runOptions({ id, hostname: 'attack', motd: '' }, { facts, tools, store }, 'builder', store),
    )
    return { facts, tools, store }
  }

  /** A checkpoint that was cut short leaves its sandbox frozen. */
  async #wakeLeftovers() {
    await this.#helper.request('thaw')
    const filters = { ...labelFilter(this.#deps.installation, 'sandbox'), status: ['paused'] }
    for (const { Id } of await this.#docker.listContainers({ filters }))
      await this.#docker.getContainer(Id).unpause()
  }

  /** Makes a sandbox from nothing to an answering engine. What it made is undone when any step fails. */
  async #start(
    spec: SandboxSpec,
    prepared: Omit<Prepared, 'store'>,
    how: CreateOptions & { kind: 'sandbox' | 'builder'; store?: string },
  ): Promise<Docker.Container> {
    const { clock } = this.#deps
    const { facts, tools } = prepared
    const made: { disk?: boolean; container?: Docker.Container } = {}
    let since = clock.now()
    const step = (name: StartStep['name']) => {
      how.signal?.throwIfAborted()
      how.onStep?.({ name, ms: clock.now() - since })
      since = clock.now()
    }
    try {
      how.signal?.throwIfAborted()
      const disk = this.#helper
        .request(
          'make_disk',
          spec.id,
          facts.owner,
          sandboxLimits.disk.value,
          DISK_RESERVE_BYTES,
          how.store ?? '-',
          tools,
        )
        .then(() => {
          made.disk = true
        })
      const container = this.#docker
        .createContainer(runOptions(this.#runOptions(spec, prepared, how.kind, how.store)))
        .then((container) => {
          made.container = container
          return container
        })
      // Side by side; when one fails the other must have ended before what it made can be undone.
      await Promise.allSettled([disk, container])
      await disk
      step('disk')
      const parts = { container: await container, helper: this.#helper, clock }
      await startContainer(parts, spec.id, facts.owner)
      step('sandbox')
      await waitForEngine(parts, how.signal)
      step('engine')
      return parts.container
    } catch (error) {
      const failure = await this.#failure(error, made.container)
      await this.#undo(spec.id, made)
      throw failure
    }
  }

  async #undo(id: string, made: { disk?: boolean; container?: Docker.Container }) {
    try {
      if (made.container) await removeContainer(made.container)
      if (made.disk) await this.#helper.request('drop_disk', id)
    } catch (error) {
      this.#deps.log.warn(
        { err: error, sandbox: id },
        'a failed start could not be undone; the next sweep removes what is left',
      )
    }
  }

  /** The fault in the words of the driver's contract; what the sandbox printed goes to the log. */
  async #failure(error: unknown, container: Docker.Container | undefined): Promise<unknown> {
    if (isUnreachable(error)) return nameFault(error)
    const output = container ? await lastWords(container) : ''
    this.#deps.log.warn({ err: error, output }, 'a sandbox did not start')
    if (error instanceof HostHelperError && error.code === helperCodes.diskFull)
      return new DrydockError('disk-full', error.message, { cause: error })
    return new DrydockError('sandbox-failed', error instanceof Error ? error.message : undefined, {
      cause: error,
    })
  }

  async #openWorkshop(facts: HostFacts, tools: string): Promise<StoreWorkshop> {
    const id = randomId()
    const spec = { id, hostname: 'store', motd: '' }
    const container = await this.#start(spec, { facts, tools }, { kind: 'builder' })
    return {
      sandbox: this.#sandbox(id, container),
      container,
      disk: this.#diskOf(id),
      dispose: () => this.#undo(id, { container, disk: true }),
    }
  }

  #runOptions(
    spec: SandboxSpec,
    { facts, tools }: Omit<Prepared, 'store'>,
    kind: 'sandbox' | 'builder',
    store: string | undefined,
  ): RunOptions {
    const { installation, hostDir, images } = this.#deps
    return {
      name: this.#nameOf(spec.id),
      image: images.sandbox,
      hostname: spec.hostname,
      motd: spec.motd,
      labels: labels({ installation, kind, sandbox: spec.id, store }),
      mounts: {
        disk: this.#diskOf(spec.id),
        tools: mountOf(hostDir, tools),
        store: store && mountOf(hostDir, store),
      },
      cores: facts.cores,
      appArmor: facts.appArmor,
    }
  }

  #nameOf(id: string) {
    return `drydock-${this.#deps.installation}-${id}`
  }

  #diskOf(id: string) {
    return `${this.#deps.hostDir}/${this.#deps.installation}/${id}/root`
  }

  async #find(id: string): Promise<Docker.Container | undefined> {
    try {
      const { Id } = await this.#docker.getContainer(this.#nameOf(id)).inspect()
      return this.#docker.getContainer(Id)
    } catch (error) {
      if (isStatus(error, 404)) return
      throw nameFault(error)
    }
  }

  #sandbox(id: string, container: Docker.Container): DockerSandbox {
    return new DockerSandbox({ id, container, helper: this.#helper, clock: this.#deps.clock })
  }
}

const randomId = () => randomBytes(8).toString('hex')
