import type { FastifyInstance } from 'fastify'
import { Server, type Socket } from 'socket.io'
import type { ClientToServer, ServerToClient } from '../contract/realtime.ts'
import type { Door } from '../door.ts'
import { DrydockError } from '../errors.ts'

/** Above MAX_INPUT_BYTES with its envelope, so that a message somewhat too large still gets an answer; beyond, the connection is closed (1009 or 413). */
const MAX_MESSAGE_BYTES = 256 * 1024

export type RealtimeServer = Server<ClientToServer, ServerToClient>
export type RealtimeSocket = Socket<ClientToServer, ServerToClient>

/** Opens socket.io on the app's server, through the same door as HTTP. */
export function realtime(app: FastifyInstance, door: Door): RealtimeServer {
  const io: RealtimeServer = new Server(app.server, {
    serveClient: false,
    // Terminal output is incompressible noise to it in small messages: 20-40 times the cost of each (TERMINAL.md).
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    allowRequest(request, allow) {
      try {
        door.admit(request)
        allow(null, true)
      } catch (error) {
        allow(error instanceof DrydockError ? error.code : 'internal', false)
      }
    },
  })
  app.addHook('preClose', async () => {
    io.local.disconnectSockets(true)
  })
  app.addHook('onClose', async () => {
    await io.close()
  })
  return io
}
