import { watchSession } from '../contract/realtime.ts'
import type { Log } from '../log.ts'
import type { RealtimeServer, RealtimeSocket } from '../plugins/realtime.ts'
import type { Services } from '../services/services.ts'
import type { UserRecord } from '../store/store.ts'
import { onMessage } from './on-message.ts'

/** Lets a browser follow sessions of its user. */
export function sessionMessages(
  socket: RealtimeSocket,
  user: UserRecord,
  services: Services,
  log: Log,
): void {
  const deps = { listen: socket.on.bind(socket) as never, log }
  /** What this connection looks at. */
  const attended = new Map<string, Promise<Disposable>>()
  const attend = async (id: string) => {
    const looks = attended.get(id) ?? services.workplaces.attend(id)
    attended.set(id, looks)
    await looks.catch((error: unknown) => {
      attended.delete(id)
      throw error
    })
  }
  socket.on('disconnect', () => {
    for (const looks of attended.values())
      looks.then(
        (each) => each[Symbol.dispose](),
        () => undefined,
      )
  })
  onMessage(deps, 'session:watch', watchSession, async ({ session: id }) => {
    const session = await services.sessions.get(user, id)
    await attend(id)
    await socket.join(roomOf(id))
    return { session, terminals: services.terminals.list(id), author: services.author !== undefined }
  })
}

/** Tells every browser that follows a session how it changes; answers with the way to stop. */
export function tellSessions(io: RealtimeServer, services: Services): () => void {
  return services.feed.listen({
    session: (session) => io.to(roomOf(session.id)).emit('session', session),
    notice: (notice) => io.to(roomOf(notice.session)).emit('notice', notice),
  })
}

export function roomOf(session: string): string {
  return `session:${session}`
}
