import {
  attachTerminal,
  closeTerminal,
  MAX_INPUT_BYTES,
  openTerminal,
  type TerminalInfo,
  terminalAck,
  terminalInput,
  terminalResize,
} from '../contract/realtime.ts'
import { DrydockError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { RealtimeSocket } from '../plugins/realtime.ts'
import type { Services } from '../services/services.ts'
import type { UserRecord } from '../store/store.ts'
import type { Viewer } from '../terminal/attachment.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { onMessage } from './on-message.ts'

/** The terminals of one browser connection. Shells outlive it; what it looked at is let go with it. */
export function terminalMessages(
  socket: RealtimeSocket,
  user: UserRecord,
  services: Services,
  log: Log,
): void {
  const { terminals, workplaces } = services
  const deps = { listen: socket.on.bind(socket) as never, log }
  /** What this connection looks at, by terminal id. */
  const views = new Map<string, { terminal: Terminal; viewer: Viewer }>()

  onMessage(deps, 'terminal:open', openTerminal, async ({ session, cols, rows }): Promise<TerminalInfo> => {
    const live = await workplaces.live(user, session)
    const place = { id: session, owner: user.id, sandbox: live.sandbox }
    return infoOf(await terminals.open(place, { cols, rows }))
  })

  onMessage(deps, 'terminal:attach', attachTerminal, (message, respond) => {
    const { terminal: id, from, cols, rows } = message
    const terminal = terminals.get(id, user.id)
    const known = views.get(id)
    if (known) known.terminal.detach(known.viewer)
    const viewer: Viewer = {
      attached: (start, head) => respond({ ok: true, value: { ...infoOf(terminal), from: start, head } }),
      output: (offset, data) => socket.emit('terminal:output', { terminal: id, offset, data }),
      exit: (code) => socket.emit('terminal:exit', { terminal: id, code }),
      detached: () => {
        views.delete(id)
        socket.emit('terminal:detached', { terminal: id })
      },
    }
    views.set(id, { terminal, viewer })
    terminal.attach(viewer, from)
    resize(terminal, cols, rows)
    return undefined
  })

  onMessage(deps, 'terminal:input', terminalInput, async ({ terminal, writer, seq, data }) => {
    if (data.byteLength > MAX_INPUT_BYTES) throw new DrydockError('payload-too-large')
    await terminals.get(terminal, user.id).type(writer, seq, data)
    return null
  })

  onMessage(deps, 'terminal:resize', terminalResize, ({ terminal, cols, rows }) => {
    resize(terminals.get(terminal, user.id), cols, rows)
    return null
  })

  onMessage(deps, 'terminal:ack', terminalAck, ({ terminal, offset }) => {
    const view = views.get(terminal)
    view?.terminal.acknowledge(view.viewer, offset)
    return null
  })

  onMessage(deps, 'terminal:close', closeTerminal, async ({ terminal }) => {
    await terminals.close(terminal, user.id)
    return null
  })

  socket.on('disconnect', () => {
    for (const { terminal, viewer } of views.values()) terminal.detach(viewer)
    views.clear()
  })

  function resize(terminal: Terminal, cols: number, rows: number): void {
    terminal.resize(cols, rows).catch((err: unknown) => log.warn({ err }, 'a terminal could not be resized'))
  }
}

function infoOf(terminal: Terminal): TerminalInfo {
  return { id: terminal.id, exit: terminal.exit }
}
