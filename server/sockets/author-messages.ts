import type { RealtimeServer } from '../plugins/realtime.ts'
import type { AuthorDesk } from '../services/author-desk.ts'
import { roomOf } from './session-messages.ts'

/** Tells every browser that follows a session what its author sees change; answers with the way to stop. */
export function tellAuthor(io: RealtimeServer, author: AuthorDesk): () => void {
  return author.listen({
    changed: (session, lab) => io.to(roomOf(session)).emit('author:changed', { session, lab }),
    rows: (session, lines) => io.to(roomOf(session)).emit('author:journal', { session, lines }),
  })
}
