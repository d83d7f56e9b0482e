import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type Docker from 'dockerode'
import type { ContainerEnds } from './container-ends.ts'
import { DemultiplexedStream } from './demultiplexed.ts'
import { isStatus, isUnreachable } from './engine-faults.ts'
import { labels } from './labels.ts'

const PROGRAM = [
  'patterns',
  'images',
  'disks',
  'start',
  'running',
  'pause',
  'witness',
  'hoards',
  'usage',
  'leftovers',
  'serve',
]
  .map((part) => readFileSync(new URL(`./host-helper/${part}.sh`, import.meta.url), 'utf8'))
  .join('\n')

/**
 * Into the mount namespace of the host engine: the helper's first process has containerd's shim as its parent, which lives
 * there. From then on the program is the fixed text above; what comes in later are words that it checks.
 */
const ENTER =
  'shim=$(awk \'$1 == "PPid:" { print $2 }\' "/proc/$1/status"); shift; exec nsenter -t "$shim" -m sh -c "$@"'

const CAPABILITIES = ['SYS_ADMIN', 'SYS_PTRACE', 'SYS_CHROOT', 'CHOWN', 'DAC_OVERRIDE']
const LOOP_DEVICES = ['b 7:* rwm', 'c 10:237 rwm']

/** Codes of the program that mean something to the driver. */
export const helperCodes = {
  lost: -1,
  refused: 2,
  notThere: 3,
  sandboxEnded: 4,
  exists: 17,
  diskFull: 28,
} as const

/** A request that the helper refused or could not do. */
export class HostHelperError extends Error {
  readonly code: number
  constructor(verb: string, code: number, output: string) {
    super(`${verb}: ${output.trim().slice(-2000) || `code ${code}`}`)
    this.name = 'HostHelperError'
    this.code = code
  }
}

/** What a word of a request may hold; the program checks each against its own pattern. */
const WORD = /^[a-zA-Z0-9:=_/-]{1,80}$/

interface Pending {
  verb: string
  output: Buffer[]
  settle: (code: number | undefined) => void
}

/**
 * Root on the host, by exec in one long-lived container of this installation. One exec is kept open and takes a request a
 * line, because an exec for each would cost a start about 60 ms more; a lost one is opened again by the next request.
 */
export class HostHelper {
  readonly #docker: Docker
  readonly #ends: ContainerEnds
  readonly #image: string
  readonly #installation: string
  readonly #hostDir: string
  readonly #pending = new Map<number, Pending>()
  #lastRequest = 0
  #line: Promise<DemultiplexedStream> | undefined
  #stream: DemultiplexedStream | undefined
  #opening = false

  constructor(deps: {
    docker: Docker
    ends: ContainerEnds
    image: string
    installation: string
    hostDir: string
  }) {
    this.#docker = deps.docker
    this.#ends = deps.ends
    this.#image = deps.image
    this.#installation = deps.installation
    this.#hostDir = deps.hostDir
  }

  /** Runs one subcommand; resolves with its output. Throws HostHelperError when it fails or the helper is lost on the way. */
  async request(verb: string, ...args: (string | number)[]): Promise<string> {
    const words = [verb, ...args.map(String)]
    if (!words.every((word) => WORD.test(word)))
      throw new HostHelperError(verb, helperCodes.refused, 'not valid words')
    const line = await this.#connect()
    const id = ++this.#lastRequest
    const output: Buffer[] = []
    const code = await new Promise<number | undefined>((settle) => {
      this.#pending.set(id, { verb, output, settle })
      line.write(`${id} ${words.join(' ')}\n`)
    })
    const text = Buffer.concat(output).toString('utf8')
    if (code !== 0)
      throw new HostHelperError(
        verb,
        code ?? helperCodes.lost,
        code === undefined ? 'the host helper was lost' : text,
      )
    return text
  }

  /** Every request that waits fails as lost; the next one opens a new line. */
  giveUp(): void {
    if (this.#opening || this.#pending.size > 0) this.#stream?.abandon()
  }

  /** Removes the helper container, and the installation's own directory when nothing is in it. */
  async close(): Promise<void> {
    if (this.#line) await this.request('leave').catch(() => undefined)
    const line = await this.#line?.catch(() => undefined)
    line?.destroy()
    line?.abandon()
    await this.#docker
      .getContainer(this.#name())
      .remove({ force: true })
      .catch((error: unknown) => {
        // Without an engine there is nothing to end.
        if (!isStatus(error, 404, 409) && !isUnreachable(error)) throw error
      })
  }

  #name() {
    return `drydock-helper-${this.#installation}`
  }

  #connect(): Promise<DemultiplexedStream> {
    this.#line ??= this.#open().catch((error: unknown) => {
      this.#line = undefined
      throw error
    })
    return this.#line
  }

  async #open(): Promise<DemultiplexedStream> {
    const container = await this.#ensureContainer()
    const { Id, State } = await container.inspect()
    const exec = await container.exec({
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Cmd: [
        'sh',
        '-c',
        ENTER,
        'enter',
        String(State.Pid),
        PROGRAM,
        'host-helper',
        this.#hostDir,
        this.#installation,
      ],
    })
    const stream = new DemultiplexedStream(await exec.start({ hijack: true, stdin: true }), true)
    this.#stream = stream
    this.#opening = true
    const forget = await this.#ends.onEnd(Id, () => stream.abandon())
    const ready = Promise.withResolvers<void>()
    const lines = createInterface({ input: stream })
    lines.on('line', (line) => (line === 'ready' ? ready.resolve() : this.#answer(line)))
    stream.over.then(() => {
      ready.reject(new HostHelperError('start', helperCodes.lost, stream.stderr()))
      forget()
      this.#line = undefined
      for (const pending of this.#pending.values()) pending.settle(undefined)
      this.#pending.clear()
    })
    await ready.promise.finally(() => {
      this.#opening = false
    })
    return stream
  }

  /** `ID + BASE64` is output, `ID = CODE` the end. */
  #answer(line: string) {
    const [id, kind, value = ''] = line.split(' ')
    const pending = this.#pending.get(Number(id))
    if (!pending) return
    if (kind === '+') return void pending.output.push(Buffer.from(value, 'base64'))
    this.#pending.delete(Number(id))
    pending.settle(Number(value))
  }

  async #ensureContainer(): Promise<Docker.Container> {
    const container = this.#docker.getContainer(this.#name())
    const state = await container.inspect().catch((error: unknown) => {
      if (!isStatus(error, 404)) throw error
    })
    if (state?.State.Running && state.Image === this.#image) return container
    if (state) await container.remove({ force: true })
    // Two processes of one installation may come here at once: the name is taken, and the other's container is as good.
    await this.#create().catch((error: unknown) => {
      if (!isStatus(error, 409)) throw error
    })
    await container.start().catch((error: unknown) => {
      if (!isStatus(error, 304)) throw error
    })
    return container
  }

  #create() {
    return this.#docker.createContainer({
      name: this.#name(),
      Image: this.#image,
      Entrypoint: ['sleep', 'infinity'],
      Labels: labels({ installation: this.#installation, kind: 'helper' }),
      HostConfig: {
        UsernsMode: 'host',
        PidMode: 'host',
        CgroupnsMode: 'host',
        NetworkMode: 'none',
        CapDrop: ['ALL'],
        CapAdd: CAPABILITIES,
        SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
        DeviceCgroupRules: LOOP_DEVICES,
        Init: true,
        RestartPolicy: { Name: 'unless-stopped' },
        LogConfig: { Type: 'local', Config: { 'max-size': '1m', 'max-file': '2' } },
      },
    })
  }
}
