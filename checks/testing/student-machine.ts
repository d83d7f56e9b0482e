import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import type Docker from 'dockerode'
import type { ContainerCreateOptions, HostConfig } from 'dockerode'
import { GenericContainer, StartupCheckStrategy, type StartupStatus } from 'testcontainers'
import { systemClock } from '../../server/clock.ts'
import type { Dial } from '../../server/engine/dial-agent.ts'
import { Journal } from '../../server/engine/journal.ts'
import { StudentEngine } from '../../server/engine/student-engine.ts'
import { testHost } from '../../server/host/test-host.ts'
import type { GivenAnswer, JournalRow } from '../check.ts'
import type { CheckRun } from '../run-check.ts'
import type { Verdict } from '../verdict.ts'
import { ask, sameAgain } from './check-twice.ts'

const LABEL = 'drydock.test'

/** A container as a student would make it; what it does after its start is the test's affair. */
export interface Box {
  image: string
  name: string
  command?: string[]
  options?: Omit<ContainerCreateOptions, 'HostConfig'>
  host?: HostConfig
}

class StudentContainer extends GenericContainer {
  constructor(box: Box, label: string) {
    super(box.image)
    this.withName(box.name).withWaitStrategy(new NoWait())
    if (box.command) this.withCommand(box.command)
    if (box.host?.NetworkMode) this.withNetworkMode(box.host.NetworkMode)
    Object.assign(this.createOpts, box.options)
    this.createOpts.Labels = { ...box.options?.Labels, [LABEL]: label }
    Object.assign(this.hostConfig, box.host)
  }
}

class NoWait extends StartupCheckStrategy {
  override async checkStartupState(): Promise<StartupStatus> {
    return 'SUCCESS'
  }
}

function dialSocket(path: string): Dial {
  return () =>
    new Promise<Duplex>((resolve, reject) => {
      const socket = connect(path, () => resolve(socket))
      socket.once('error', reject)
    })
}

/** A real engine as a student's, with the journal on it, and the checks over both. Names are made unique per machine. */
export class StudentMachine implements AsyncDisposable {
  readonly docker: Docker
  readonly engine: StudentEngine
  readonly answers = new Map<string, GivenAnswer>()
  readonly rows: JournalRow[] = []
  readonly images: ReadonlyMap<string, string>
  readonly #id = randomBytes(4).toString('hex')
  readonly #journal: Journal
  readonly #networks: string[] = []
  readonly #tags: string[] = []

  /** `through`: the socket on which the checks find the engine, when it is not the engine's own. */
  static async start(through?: string): Promise<StudentMachine> {
    process.env.TESTCONTAINERS_RYUK_DISABLED = 'true'
    const { host, docker, dockerHost } = await testHost()
    process.env.DOCKER_HOST = dockerHost
    const machine = new StudentMachine(
      docker,
      through ?? host.socketPath,
      new Map(host.images.labs.map((each) => [each.name, each.id])),
    )
    machine.#journal.start()
    await machine.#journal.flush()
    return machine
  }

  private constructor(docker: Docker, socketPath: string, images: ReadonlyMap<string, string>) {
    this.docker = docker
    this.images = images
    this.engine = new StudentEngine({ dial: dialSocket(socketPath), clock: systemClock, seed: 'seed' })
    const sink = { append: async (rows: readonly JournalRow[]) => void this.rows.push(...rows) }
    this.#journal = new Journal({ engine: this.engine, sink, clock: systemClock })
  }

  name(base: string): string {
    return `t${this.#id}-${base}`
  }

  image(name: string): string {
    const id = this.images.get(name)
    if (!id) throw new Error(`No lab image ${name}`)
    return id
  }

  /** Starts a container and leaves it alone. */
  async run(box: Box): Promise<Docker.Container> {
    const started = await new StudentContainer(
      { ...box, image: this.image(box.image), name: this.name(box.name) },
      this.#id,
    )
      .withAutoRemove(false)
      .start()
    return this.docker.getContainer(started.getId())
  }

  /** Makes a container without starting it, or one that must fail to start. */
  create(box: Box): Promise<Docker.Container> {
    return this.docker.createContainer({
      ...box.options,
      name: this.name(box.name),
      Image: this.image(box.image),
      Cmd: box.command,
      Labels: { [LABEL]: this.#id },
      HostConfig: box.host,
    })
  }

  async network(name: string): Promise<Docker.Network> {
    const network = await this.docker.createNetwork({ Name: this.name(name), Labels: { [LABEL]: this.#id } })
    this.#networks.push(network.id)
    return network
  }

  /** Builds an image on a lab image; answers with its tag. */
  async build(name: string, from: string, lines: string[] = []): Promise<string> {
    const tag = `${this.name(name)}:1`
    const folder = await mkdtemp(join(tmpdir(), 'drydock-build-'))
    await writeFile(join(folder, 'Dockerfile'), [`FROM ${this.image(from)}`, ...lines, ''].join('\n'))
    await GenericContainer.fromDockerfile(folder).build(tag, { deleteOnExit: false })
    this.#tags.push(tag)
    await rm(folder, { recursive: true })
    return tag
  }

  /** Resolves when the container has written such a line. */
  async logged(container: Docker.Container, pattern: RegExp): Promise<void> {
    const stream = await container.logs({ follow: true, stdout: true, stderr: true })
    let text = ''
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      text += chunk.toString('latin1')
      if (pattern.test(text)) return
    }
    throw new Error(`No ${pattern} in ${text}`)
  }

  answer(field: string, value: string): void {
    this.answers.set(field, { value, tries: 1, at: 0 })
  }

  /** Resolves when the journal has all that the engine told. */
  flush(): Promise<void> {
    return this.#journal.flush()
  }

  /** The verdict of one check, which is also judged a second time on what was stored. */
  async check(use: string, params: Record<string, unknown>): Promise<Verdict> {
    return sameAgain(await this.ask(use, params), use, params)
  }

  ask(use: string, params: Record<string, unknown>): Promise<CheckRun> {
    const deps = {
      engine: this.engine,
      journal: this.#journal,
      readRows: async () => this.rows,
      sandbox: {
        exec: () => Promise.reject(new Error('No check of these runs programs in the sandbox')),
      },
      answers: this.answers,
      images: this.images,
    }
    return ask(deps, use, params)
  }

  /** Names of containers that checks left behind and that have to do with this container or image. */
  async leftBehind(ref: string): Promise<string[]> {
    const found = await this.docker.listContainers({ all: true, filters: { label: ['drydock.check'] } })
    const details = await Promise.all(
      found.map(({ Id }) =>
        this.docker
          .getContainer(Id)
          .inspect()
          .catch(() => undefined),
      ),
    )
    return details.filter((each) => JSON.stringify(each)?.includes(ref)).map((each) => each?.Name ?? '')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#journal.stop()
    this.engine.close()
    const mine = await this.docker.listContainers({ all: true, filters: { label: [`${LABEL}=${this.#id}`] } })
    await Promise.all(mine.map(({ Id }) => this.docker.getContainer(Id).remove({ force: true, v: true })))
    for (const tag of this.#tags) await this.docker.getImage(tag).remove({ force: true })
    for (const id of this.#networks) await this.docker.getNetwork(id).remove()
  }
}
