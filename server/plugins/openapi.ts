import swagger from '@fastify/swagger'
import { jsonSchemaTransform } from '@fastify/type-provider-zod'
import type { FastifyInstance } from 'fastify'

/** Describes all routes that are registered after it. */
export async function openapi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Drydock',
        description:
          'Hands-on Docker labs on real containers. Errors are problem details (RFC 9457) with a stable code.',
        version: '1',
      },
    },
    transform: jsonSchemaTransform,
  })
}
