import { existsSync } from 'node:fs'
import { join, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { DrydockError } from '../errors.ts'

/** File names there hold a hash of their contents. */
const HASHED = `${sep}assets${sep}`

/** Serves the built web client; a page's address that is no file gets the client, which knows its own pages. */
export async function webAssets(app: FastifyInstance, webDir: string): Promise<void> {
  const built = existsSync(join(webDir, 'index.html'))
  if (built) {
    await app.register(fastifyStatic, {
      root: webDir,
      cacheControl: false,
      setHeaders(reply, path) {
        const forEver = path.includes(HASHED)
        reply.header('cache-control', forEver ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  app.setNotFoundHandler((request, reply) => {
    const asksForPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html')
    if (built && asksForPage) return reply.sendFile('index.html')
    throw new DrydockError('route-unknown')
  })
}
