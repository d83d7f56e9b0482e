import type { FastifyInstance } from 'fastify'

/** JSON bodies, and an empty one where a client names the type but sends nothing. Keys that would change prototypes are refused. */
export function lenientJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parse(request, body as string, done)
  })
}
