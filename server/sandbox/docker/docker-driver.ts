import { readFile } from 'node:fs/promises'
import type Docker from 'dockerode'
import type { Clock } from '../../clock.ts'
import { DrydockError } from '../../errors.ts'
import { sandboxLimits } from '../limits.ts'
import type {
  CheckpointFile,
  DiskUse,
  Hoarder,
  Room,
  Sandbox,
  SandboxDriver,
  SandboxSpec,
  SandboxUsage,
  StartStep,
  SweepReport,
} from '../sandbox-driver.ts'
import { newSandboxId } from '../sandbox-id.ts'
import { checkpointFiles } from './checkpoint-files.ts'
import { ContainerEnds } from './container-ends.ts'
import { diskUses } from './disk-uses.ts'
import { DockerSandbox } from './docker-sandbox.ts'
import { EngineCalls } from './engine-calls.ts'
import { isStatus, nameFault } from './engine-faults.ts'
import type { ExecDeps } from './exec.ts'
import { ensureStore, type LabImage, type StoreWorkshop } from './golden-store.ts'
import { hoarders } from './hoarders.ts'
import { hostFacts } from './host-facts.ts'
import { HostHelper } from './host-helper.ts'
import { isUsable } from './labels.ts'
import { findSandboxes } from './own-sandboxes.ts'
import { ensureTools, type ReadOnlyFiles, type ReadOnlyFormat, readOnlyFormat } from './read-only-files.ts'
import { proveReadOnly } from './remount-attack.ts'
import { type DriverLog, type Ground, SandboxMaker } from './sandbox-maker.ts'
import { startContainer, waitForEngine } from './sandbox-start.ts'
import { sweep } from './sweep.ts'
import { usage } from './usage.ts'

export interface DockerDriverDeps {
  /** Socket of the host engine. */
  socketPath: string
  /** Ids on the host engine. */
  images: { sandbox: string; builder: string; tools: string; labs: LabImage[] }
  installation: string
  /** Where disks and stores are, as a path of the host engine's mount namespace. Other installations may use it too. */
  hostDir: string
  clock: Clock
  log: DriverLog
  /** Run also where the host engine does not remap user namespaces. */
  allowUnmapped: boolean
  /** The most CPUs that one sandbox may keep busy; 0 or nothing for all. */
  maxCpus?: number
  /** How stores and tools are packed; without it as the host's kernel can. */
  format?: ReadOnlyFormat
}

/** Which start of which kernel this process runs on; undefined where there is no way to tell. */
const ownKernel = () =>
  readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (id) => id.trim(),
    () => undefined,
  )

/** Sandboxes as containers of a user-namespace-remapped host engine, each with a disk of its own. */
export class DockerSandboxDriver implements SandboxDriver {
  readonly #deps: DockerDriverDeps
  readonly #calls: EngineCalls
  readonly #docker: Docker
  readonly #helper: HostHelper
  readonly #parts: ExecDeps & { docker: Docker }
  readonly #maker: SandboxMaker
  #labs: readonly LabImage[]
  #ground: Promise<Ground> | undefined
  #sharesClock = false
  /** Sandboxes that it makes for its own use; no sweep takes them. */
  readonly #own = new Set<string>()

  constructor(deps: DockerDriverDeps) {
    const { images, installation, hostDir, clock, log } = deps
    this.#deps = deps
    this.#labs = images.labs
    this.#calls = new EngineCalls(deps.socketPath)
    const { docker } = this.#calls
    this.#docker = docker
    const ends = new ContainerEnds({ docker, installation })
    const helper = new HostHelper({ docker, ends, image: images.builder, installation, hostDir })
    this.#parts = { docker, helper, ends, clock }
    this.#helper = helper
    this.#maker = new SandboxMaker({
      ...this.#parts,
      log,
      installation,
      hostDir,
      image: images.sandbox,
      maxCpus: deps.maxCpus,
    })
  }

  async prepare(): Promise<void> {
    const known = this.#ground
    await this.#ready()
    if (known) await this.#takeUp(await known)
  }

  async prepareImages(images: readonly LabImage[]): Promise<() => void> {
    const { facts, tools } = await this.#ready()
    const ground = await this.#storeOf({ facts, tools }, images).catch((error: unknown) => {
      throw nameFault(error)
    })
    return () => {
      this.#labs = images
      this.#ground = Promise.resolve(ground)
    }
  }

  async create(
    spec: SandboxSpec,
    options: { signal?: AbortSignal; onStep?: (step: StartStep) => void } = {},
  ): Promise<Sandbox> {
    const ground = await this.#ready()
    return this.#sandbox(spec.id, await this.#maker.make(spec, ground, { kind: 'sandbox', ...options }))
  }

  async get(id: string): Promise<Sandbox | undefined> {
    const container = await this.#find(id)
    return container && this.#sandbox(id, container)
  }

  async restart(id: string): Promise<Sandbox> {
    const { facts } = await this.#ready()
    const container = await this.#find(id)
    if (!container) throw new DrydockError('sandbox-gone')
    const parts = { ...this.#parts, container }
    try {
      const { State } = await container.inspect()
      if (!State.Running) {
        await this.#helper.request('scrub', container.id)
        await this.#helper.request('open_disk', id, facts.owner)
        await startContainer(parts, id, facts.owner)
      }
      await waitForEngine(parts)
    } catch (error) {
      throw await this.#maker.describe(error, container)
    }
    return this.#sandbox(id, container)
  }

  async checkpoints(): Promise<CheckpointFile[]> {
    await this.#ready()
    return checkpointFiles(this.#helper)
  }

  async removeCheckpoint(name: string): Promise<void> {
    await this.#ready()
    await this.#helper.request('drop_checkpoint', name)
  }

  async room(): Promise<Room> {
    const { facts } = await this.#ready()
    const [memoryBytes = 0, diskBytes = 0] = (await this.#helper.request('machine')).split(/\s+/).map(Number)
    return { cores: facts.cores, memoryBytes, diskBytes }
  }

  async yieldCpu(id: string, yields: boolean): Promise<void> {
    const container = await this.#find(id)
    if (!container) throw new DrydockError('sandbox-gone')
    const { value } = yields ? sandboxLimits.yieldingShares : sandboxLimits.cpuShares
    await this.#helper.request('weigh', container.id, value)
  }

  async hoarders(): Promise<Hoarder[]> {
    await this.#ready()
    const { installation } = this.#deps
    return hoarders({ docker: this.#docker, helper: this.#helper, installation })
  }

  async usage(): Promise<SandboxUsage[]> {
    await this.#ready()
    const { installation } = this.#deps
    return usage({ docker: this.#docker, helper: this.#helper, installation })
  }

  async diskUses(): Promise<DiskUse[]> {
    await this.#ready()
    return diskUses(this.#helper)
  }

  async outdated(): Promise<string[]> {
    const { own } = await findSandboxes(this.#docker, this.#deps.installation, { all: true })
    return own.filter(({ version }) => !isUsable(version)).map(({ sandbox }) => sandbox)
  }

  async list(): Promise<string[]> {
    const { own } = await findSandboxes(this.#docker, this.#deps.installation, { all: true })
    return own.map(({ sandbox }) => sandbox)
  }

  async sweep(
    keep: ReadonlySet<string>,
    checkpoints: ReadonlySet<string> | 'all' = new Set(),
  ): Promise<SweepReport> {
    await this.#ready()
    const { installation } = this.#deps
    const deps = { docker: this.#docker, helper: this.#helper, installation }
    return await sweep(deps, keep.union(this.#own), checkpoints)
  }

  giveUp(): void {
    this.#calls.giveUp()
    this.#helper.giveUp()
  }

  async close(): Promise<void> {
    await this.#helper.close()
    await this.#parts.ends.close()
    this.#ground = undefined
  }

  #ready(): Promise<Ground> {
    this.#ground ??= this.#prepare().catch((error: unknown) => {
      this.#ground = undefined
      throw nameFault(error)
    })
    return this.#ground
  }

  async #prepare(): Promise<Ground> {
    const { images, allowUnmapped } = this.#deps
    const facts = await hostFacts(this.#docker, allowUnmapped)
    await this.#wakeLeftovers()
    this.#sharesClock = (await this.#helper.request('kernel')).trim() === (await ownKernel())
    const tools = await ensureTools(await this.#files(), images.tools)
    return await this.#storeOf({ facts, tools }, this.#labs)
  }

  async #files(): Promise<ReadOnlyFiles> {
    const { socketPath, installation, hostDir } = this.#deps
    const format = this.#deps.format ?? readOnlyFormat.parse((await this.#helper.request('format')).trim())
    return { helper: this.#helper, docker: this.#docker, socketPath, installation, hostDir, format }
  }

  /** The ground with the golden store of these images, which is made where it is missing. */
  async #storeOf({ facts, tools }: Ground, labs: readonly LabImage[]): Promise<Ground> {
    const { images } = this.#deps
    const inputs = { images: labs, sandboxImage: images.sandbox, owner: facts.owner }
    const open = () => this.#openWorkshop({ facts, tools })
    const store = await ensureStore(await this.#files(), inputs, open, images.builder)
    const ground = { facts, tools, store }
    using own = this.#ownId()
    const attacker = { id: own.id, hostname: 'attacker', motd: '' }
    await proveReadOnly(this.#docker, this.#maker.runOptions(attacker, ground, 'builder'))
    return ground
  }

  /** An engine that was away may have come back without its mounts, as one in a container does, and in the middle of a checkpoint. */
  async #takeUp({ tools, store }: Ground): Promise<void> {
    try {
      await this.#helper.request('thaw')
      for (const name of [tools, store]) if (name) await this.#helper.request('open_image', name)
    } catch (error) {
      throw nameFault(error)
    }
  }

  /** A checkpoint that was cut short leaves its sandbox's disk frozen, and a server that ended leaves those that nobody used at rest. */
  async #wakeLeftovers() {
    await this.#helper.request('thaw')
    for (const { container, state } of (await findSandboxes(this.#docker, this.#deps.installation)).own) {
      // Somebody may have done by the engine's own means what no Drydock does.
      if (state === 'paused') await this.#docker.getContainer(container).unpause()
      await this.#helper.request('unpause', container)
    }
  }

  async #openWorkshop(ground: Ground): Promise<StoreWorkshop> {
    const { id, [Symbol.dispose]: forget } = this.#ownId()
    try {
      const spec = { id, hostname: 'workshop', motd: '' }
      const container = await this.#maker.make(spec, ground, { kind: 'builder' })
      return {
        sandbox: this.#sandbox(id, container),
        container,
        disk: this.#maker.diskOf(id),
        dispose: () => this.#maker.unmake(id, { container, disk: true }).finally(forget),
      }
    } catch (error) {
      forget()
      throw error
    }
  }

  #ownId(): { id: string } & Disposable {
    const id = newSandboxId()
    this.#own.add(id)
    return { id, [Symbol.dispose]: () => void this.#own.delete(id) }
  }

  async #find(id: string): Promise<Docker.Container | undefined> {
    try {
      const { Id } = await this.#docker.getContainer(this.#maker.nameOf(id)).inspect()
      return this.#docker.getContainer(Id)
    } catch (error) {
      if (isStatus(error, 404)) return
      throw nameFault(error)
    }
  }

  #sandbox(id: string, container: Docker.Container): DockerSandbox {
    return new DockerSandbox({ ...this.#parts, sharesClock: this.#sharesClock, id, container })
  }
}
