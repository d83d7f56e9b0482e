import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { TerminalInfo } from '../contract/realtime.ts'
import { DrydockError } from '../errors.ts'
import type { Sandbox } from '../sandbox/sandbox-driver.ts'
import { PullFailureWatch } from './pull-failure.ts'
import { Terminal } from './terminal.ts'

/** Terminals of one session, those whose shell has ended included. */
const MAX_TERMINALS = 8
/** The student is told at most once in this time that a pull cannot work. */
const QUIET_MS = 60_000
const SHELL = '/opt/drydock/bin/shell'

interface Entry {
  terminal: Terminal
  owner: string
}

/** A session's terminals by their ids. */
interface Room {
  entries: Map<string, Entry>
  opening: number
  /** When the student was last told that a pull cannot work. */
  toldAt: number
}

/** All terminals of this server. A terminal belongs to a session, and through it to its owner. */
export class TerminalRegistry {
  readonly #clock: Clock
  readonly #onPullFailed: (session: string) => void
  readonly #onBytes: (direction: 'out' | 'in', bytes: number) => void
  readonly #rooms = new Map<string, Room>()

  constructor(deps: {
    clock: Clock
    onPullFailed: (session: string) => void
    /** So many bytes were printed or typed. */
    onBytes: (direction: 'out' | 'in', bytes: number) => void
  }) {
    this.#clock = deps.clock
    this.#onPullFailed = deps.onPullFailed
    this.#onBytes = deps.onBytes
  }

  /** Starts a shell. Throws `terminal-limit`; makes room by forgetting the terminal whose shell ended first. */
  async open(
    session: { id: string; owner: string; sandbox: Sandbox },
    size: { cols: number; rows: number },
  ): Promise<Terminal> {
    const room = this.#room(session.id)
    makeRoom(room)
    room.opening += 1
    try {
      const process = await session.sandbox.exec({ argv: [SHELL], tty: size })
      if (this.#rooms.get(session.id) !== room) {
        process.stream.on('error', () => {}).destroy()
        throw new DrydockError('session-over')
      }
      const pulls = new PullFailureWatch()
      const terminal = new Terminal({
        id: randomUUID(),
        process,
        clock: this.#clock,
        onInput: (bytes) => this.#onBytes('in', bytes),
        onOutput: (bytes) => {
          this.#onBytes('out', bytes.length)
          if (pulls.take(bytes)) this.#tell(room, session.id)
        },
      })
      room.entries.set(terminal.id, { terminal, owner: session.owner })
      return terminal
    } finally {
      room.opening -= 1
    }
  }

  /** The owner's terminal of that id. Throws `terminal-unknown`, also for one of somebody else. */
  get(id: string, owner: string): Terminal {
    return this.#find(id, owner).entry.terminal
  }

  /** Ends the shell and forgets the terminal. */
  async close(id: string, owner: string): Promise<void> {
    const { room, entry } = this.#find(id, owner)
    room.entries.delete(id)
    await entry.terminal.close()
  }

  /** The session's terminals in the order they were opened. */
  list(session: string): TerminalInfo[] {
    const entries = this.#rooms.get(session)?.entries.values() ?? []
    return [...entries].map(({ terminal }) => ({ id: terminal.id, exit: terminal.exit }))
  }

  /** Ends all shells of a session; resolves when they have ended. */
  async closeSession(session: string): Promise<void> {
    const room = this.#rooms.get(session)
    this.#rooms.delete(session)
    await Promise.all([...(room?.entries.values() ?? [])].map(({ terminal }) => terminal.close()))
  }

  /** Ends all shells; resolves when they have ended. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#rooms.keys()].map((session) => this.closeSession(session)))
  }

  #tell(room: Room, session: string): void {
    const now = this.#clock.now()
    if (now - room.toldAt < QUIET_MS) return
    room.toldAt = now
    this.#onPullFailed(session)
  }

  #room(session: string): Room {
    const known = this.#rooms.get(session)
    if (known) return known
    const room: Room = { entries: new Map(), opening: 0, toldAt: Number.NEGATIVE_INFINITY }
    this.#rooms.set(session, room)
    return room
  }

  #find(id: string, owner: string): { room: Room; entry: Entry } {
    for (const room of this.#rooms.values()) {
      const entry = room.entries.get(id)
      if (entry?.owner === owner) return { room, entry }
    }
    throw new DrydockError('terminal-unknown')
  }
}

function makeRoom(room: Room): void {
  if (room.entries.size + room.opening < MAX_TERMINALS) return
  for (const [id, { terminal }] of room.entries) {
    if (terminal.exit === undefined) continue
    room.entries.delete(id)
    return
  }
  throw new DrydockError('terminal-limit')
}
