import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod'
import { z } from 'zod'
import { authorSession } from '../contract/author.ts'
import type { AuthorDesk } from '../services/author-desk.ts'
import { problems } from './problems.ts'

const params = z.object({ id: z.string().max(64) })

/** Only for servers in author mode: what is told here no student may see. */
export const authorRoutes: FastifyPluginAsyncZod<{ author: AuthorDesk }> = async (app, { author }) => {
  app.get(
    '/author/sessions/:id',
    { schema: { params, response: { 200: authorSession, ...problems } } },
    async (request) => author.view(request.user, request.params.id),
  )
}
