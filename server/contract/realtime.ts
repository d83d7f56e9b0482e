import { z } from 'zod'
import type { JournalLine } from './author.ts'
import type { Problem } from './problem.ts'
import type { Session } from './session.ts'

/** Every acknowledged message answers with one of these. */
export type Reply<T> = { ok: true; value: T } | { ok: false; problem: Problem }

const id = z.string().min(1).max(64)
const size = { cols: z.int().min(2).max(500), rows: z.int().min(1).max(300) }

/** Largest terminal input in one message, in bytes: a client splits a longer paste. */
export const MAX_INPUT_BYTES = 64 * 1024
/** A client acknowledges at least every so many bytes of output. Must be below HIGH_WATERMARK or the shell stands still. */
export const ACK_BYTES = 64 * 1024
/** Unacknowledged bytes at which the server stops reading the shell (TERMINAL.md, measured). */
export const HIGH_WATERMARK = 256 * 1024

export const watchSession = z.object({ session: id }).strict()
export const openTerminal = z.object({ session: id, ...size }).strict()
/** `from`: offset of the first byte the client does not have; without it the server replays what it holds. */
export const attachTerminal = z.object({ terminal: id, from: z.int().min(0).optional(), ...size }).strict()
/**
 * `writer` is an id that a client chooses per open view, `seq` counts its messages to this terminal from 0.
 * The server takes a message only when `seq` is above the last it took from that writer and answers ok either way,
 * so a client that never saw the reply may send again and every key arrives once.
 */
export const terminalInput = z
  .object({ terminal: id, writer: id, seq: z.int().min(0), data: z.instanceof(Uint8Array) })
  .strict()
export const terminalResize = z.object({ terminal: id, ...size }).strict()
export const terminalAck = z.object({ terminal: id, offset: z.int().min(0) }).strict()
export const closeTerminal = z.object({ terminal: id }).strict()

export interface TerminalInfo {
  id: string
  /** Exit code once the shell has ended. */
  exit: number | null | undefined
}

export interface ClientToServer {
  /** Joins the session's room: `session` follows at every change. `author`: the server is in author mode. */
  'session:watch': (
    message: z.input<typeof watchSession>,
    reply: (r: Reply<{ session: Session; terminals: TerminalInfo[]; author: boolean }>) => void,
  ) => void
  'terminal:open': (message: z.input<typeof openTerminal>, reply: (r: Reply<TerminalInfo>) => void) => void
  /**
   * `from` in the reply is the offset of the first byte that will follow; a larger one than asked means a hole.
   * `head` is the offset at the moment of the attach: what comes before it is replay, to which a client's screen
   * must not answer (device attributes, cursor reports), or old questions would be typed into the shell as answers.
   */
  'terminal:attach': (
    message: z.input<typeof attachTerminal>,
    reply: (r: Reply<TerminalInfo & { from: number; head: number }>) => void,
  ) => void
  'terminal:input': (message: z.input<typeof terminalInput>, reply: (r: Reply<null>) => void) => void
  'terminal:resize': (message: z.input<typeof terminalResize>) => void
  'terminal:ack': (message: z.input<typeof terminalAck>) => void
  'terminal:close': (message: z.input<typeof closeTerminal>, reply: (r: Reply<null>) => void) => void
}

/** What a notice is about. */
export type NoticeCode = 'pull-failed' | 'resume-failed' | 'engine-silent' | 'engine-back'

export interface ServerToClient {
  session: (session: Session) => void
  /** `offset` is that of the first byte of `data`, counted from the terminal's start. */
  'terminal:output': (message: { terminal: string; offset: number; data: Uint8Array }) => void
  /** This browser acknowledged nothing for too long, or too many others look at the terminal; it may attach again. */
  'terminal:detached': (message: { terminal: string }) => void
  'terminal:exit': (message: { terminal: string; code: number | null }) => void
  /** In author mode only: what `GET /api/author/sessions/:id` answers has changed, its journal aside. `lab`: the lab's files were read again. */
  'author:changed': (message: { session: string; lab: boolean }) => void
  /** In author mode only: new rows of the journal, a bounded number; where `seq` leaps, rows between were left out. */
  'author:journal': (message: { session: string; lines: JournalLine[] }) => void
  /** Something the student should know, such as that there is no registry to pull from. */
  notice: (message: { session: string; code: NoticeCode; text: string }) => void
}
