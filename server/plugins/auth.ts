import type { FastifyInstance } from 'fastify'
import type { UserRecord } from '../store/store.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set in the scope of the API. */
    user: UserRecord
  }
}

/** Solo mode: whoever came through the door is the one local user. Registered in the scope that it guards. */
export function auth(app: FastifyInstance, user: UserRecord): void {
  app.decorateRequest('user')
  app.addHook('onRequest', async (request) => {
    request.user = user
  })
}
