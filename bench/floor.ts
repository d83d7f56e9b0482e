import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { seccompProfile } from '../server/sandbox/docker/seccomp.ts'
import { namespaceCaps, reserveOf, usualSize } from '../server/sandbox/limits.ts'

const command = promisify(execFile)

export interface FloorPlace {
  socketPath: string
  hostDir: string
  installation: string
  image: string
  /** `UID:GID` of a sandbox's root on the host. */
  owner: string
  /** Tells several beside one another apart. */
  number?: number
}

/** A start by bare commands on the same image, tools and store: `bench/start-floor.sh`. Only on the host engine's own machine. */
export class Floor {
  readonly #dir: string
  readonly #name: string
  readonly #env: NodeJS.ProcessEnv

  constructor(place: FloorPlace) {
    const { hostDir, installation, number = 0 } = place
    this.#name = `drydock-floor-${installation}-${number}`
    this.#dir = join(hostDir, installation, `floor-${number}`)
    const used = (kind: string) =>
      join(hostDir, 'shared', readFileSync(join(hostDir, installation, kind), 'utf8').trim())
    this.#env = {
      PATH: process.env.PATH,
      DOCKER_HOST: `unix://${place.socketPath}`,
      NAME: this.#name,
      DISK: join(this.#dir, 'disk'),
      ROOT: join(this.#dir, 'root'),
      OWNER: place.owner,
      IMAGE: place.image,
      STORE: used('store'),
      TOOLS: used('tools'),
      SECCOMP: join(this.#dir, 'seccomp.json'),
      CAPS: Object.entries(namespaceCaps)
        .map(([name, { value }]) => `${name}=${value}`)
        .join(' '),
      LIMITS: Object.values(reserveOf(usualSize)).join(' '),
    }
  }

  /** Resolves when the engine answers. */
  async start(): Promise<void> {
    mkdirSync(this.#dir, { recursive: true, mode: 0o711 })
    writeFileSync(join(this.#dir, 'seccomp.json'), JSON.stringify(seccompProfile()))
    await command('bash', [join(import.meta.dirname, 'start-floor.sh')], { env: this.#env })
  }

  /** A shell's output. */
  openShell(): ChildProcess {
    return spawn('docker', ['exec', '-t', this.#name, '/opt/drydock/bin/shell'], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  }

  async remove(): Promise<void> {
    await command('docker', ['rm', '-fv', this.#name], { env: this.#env })
    await command('umount', [join(this.#dir, 'root')])
    rmSync(this.#dir, { recursive: true })
  }
}
