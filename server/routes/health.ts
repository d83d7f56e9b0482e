import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod'
import { health } from '../contract/health.ts'
import type { Services } from '../services/services.ts'

export const healthRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  app.get('/health', { schema: { response: { 200: health } } }, async () => services.health())
}
