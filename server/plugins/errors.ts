import { hasZodFastifySchemaValidationErrors } from '@fastify/type-provider-zod'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DrydockError, type ErrorCode, errorTable } from '../errors.ts'
import { problemOf } from '../problem-of.ts'

/** Every fault leaves as problem details with a code of errors.ts. */
export function errors(app: FastifyInstance): void {
  app.setErrorHandler(answerFault)
}

/** Also for what Fastify finds before there is a route, such as a malformed URL. */
export function answerFault(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const fault = faultOf(error)
  const problem = problemOf(fault)
  if (problem.status >= 500)
    request.log.error({ err: error }, fault instanceof Error ? fault.message : 'a fault')
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem))
}

function faultOf(error: unknown): unknown {
  if (error instanceof DrydockError) return error
  if (hasZodFastifySchemaValidationErrors(error)) {
    const places = error.validation.map(
      ({ instancePath, message }) => `${instancePath.slice(1) || 'the body'}: ${message}`,
    )
    return new DrydockError('request-invalid', places.join('; '), { cause: error })
  }
  const { statusCode, message } = error as FastifyError
  if (statusCode === 413) return new DrydockError('payload-too-large', undefined, { cause: error })
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new DrydockError('request-invalid', message, { cause: error })
  }
  return error
}

/** What is wrong with a request that is not even HTTP, as bytes on the wire. */
export function rawRefusal(code: ErrorCode): string {
  const body = JSON.stringify(problemOf(new DrydockError(code)))
  const head = [
    `HTTP/1.1 ${errorTable[code].status} Refused`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}
