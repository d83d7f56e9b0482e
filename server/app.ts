import { serializerCompiler, validatorCompiler } from '@fastify/type-provider-zod'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { Door } from './door.ts'
import { DrydockError } from './errors.ts'
import { auth } from './plugins/auth.ts'
import { answerFault, errors, rawRefusal } from './plugins/errors.ts'
import { lenientJson } from './plugins/lenient-json.ts'
import { metrics, type Prometheus } from './plugins/metrics.ts'
import { openapi } from './plugins/openapi.ts'
import { realtime } from './plugins/realtime.ts'
import { securityHeaders } from './plugins/security-headers.ts'
import { webAssets } from './plugins/web-assets.ts'
import { authorRoutes } from './routes/author.ts'
import { healthRoutes } from './routes/health.ts'
import { labRoutes } from './routes/labs.ts'
import { sessionRoutes } from './routes/sessions.ts'
import type { Services } from './services/services.ts'
import { tellAuthor } from './sockets/author-messages.ts'
import { sessionMessages, tellSessions } from './sockets/session-messages.ts'
import { terminalMessages } from './sockets/terminal-messages.ts'

/** The largest body is an answer of 500 characters. */
const MAX_BODY_BYTES = 16 * 1024

export interface AppOptions {
  services: Services
  /** The port that requests are expected to name where a connection does not tell its own. */
  port: number
  /** Other addresses it is known by: what it is published as, what browsers open; each may be empty. */
  published?: string
  url?: string
  /** The built web client; only the API is served when it is not there. */
  webDir: string
  /** Numbers for Prometheus at /metrics; without them there is no such page. */
  prometheus?: Prometheus
  log: FastifyBaseLogger
}

/** The HTTP and socket doors over the services. Never listens. */
export async function buildApp({
  services,
  port,
  published,
  url,
  webDir,
  prometheus,
  log,
}: AppOptions): Promise<FastifyInstance> {
  const door = new Door({ port, published, url })
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    // What the router refuses has no route, no hooks and no error handler.
    frameworkErrors: answerFault,
    clientErrorHandler: (_error, socket) => {
      if (socket.writable) socket.end(rawRefusal('request-invalid'))
    },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  errors(app)
  securityHeaders(app)
  app.addHook('onRequest', async (request) => door.admit(request.raw))
  lenientJson(app)
  await openapi(app)

  await app.register(
    async (api) => {
      auth(api, services.localUser)
      api.addHook('onRequest', async (_request, reply) => {
        reply.header('cache-control', 'no-store')
      })
      api.setNotFoundHandler(() => {
        throw new DrydockError('route-unknown')
      })
      await api.register(healthRoutes, { services })
      await api.register(labRoutes, { services })
      await api.register(sessionRoutes, { services })
      if (services.author) await api.register(authorRoutes, { author: services.author })
      api.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
    },
    { prefix: '/api' },
  )
  if (prometheus) metrics(app, prometheus)
  await webAssets(app, webDir)

  const io = realtime(app, door)
  const stopTelling = tellSessions(io, services)
  app.addHook('preClose', async () => services.stopJudging())
  const stopTellingAuthor = services.author && tellAuthor(io, services.author)
  app.addHook('onClose', async () => {
    stopTelling()
    stopTellingAuthor?.()
  })
  io.on('connection', (socket) => {
    sessionMessages(socket, services.localUser, services, log)
    terminalMessages(socket, services.localUser, services, log)
  })
  return app
}
