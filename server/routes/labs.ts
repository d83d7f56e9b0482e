import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod'
import { z } from 'zod'
import { labCatalogue, labDetail } from '../contract/lab.ts'
import type { Services } from '../services/services.ts'
import { problems } from './problems.ts'

const slugParam = z.object({ slug: z.string().max(100) })

export const labRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const { catalogue, labSchema } = services

  app.get('/labs', { schema: { response: { 200: labCatalogue, ...problems } } }, async () => catalogue.list())

  app.get(
    '/labs/:slug',
    { schema: { params: slugParam, response: { 200: labDetail, ...problems } } },
    async (request) => catalogue.detail(request.params.slug),
  )

  app.get('/lab-schema.json', { schema: { hide: true } }, async () => labSchema)
}
