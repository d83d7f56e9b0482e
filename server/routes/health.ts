import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod'
import { health } from '../contract/health.ts'
import type { Services } from '../services/services.ts'

export const healthRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  app.get('/health', { schema: { response: { 200: health } } }, async () => services.health())

  // The first says that the server lives; this one, to who asks for nothing but the status, that sessions can be started.
  app.get(
    '/health/ready',
    { schema: { response: { 200: health, 503: health } } },
    async (_request, reply) => {
      const now = services.health()
      return reply.code(now.status === 'ok' ? 200 : 503).send(now)
    },
  )
}
