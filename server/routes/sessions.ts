import type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod'
import { z } from 'zod'
import {
  checksResult,
  createSession,
  extendSession,
  giveAnswer,
  nameCheckpoint,
  resetSession,
  runChecks,
  session,
  sessionSummary,
  submitSession,
  takeHint,
} from '../contract/session.ts'
import type { Services } from '../services/services.ts'
import { problems } from './problems.ts'

const params = z.object({ id: z.string().max(64) })
const checkpointParams = params.extend({ checkpoint: z.string().max(64) })

export const sessionRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const { sessions } = services

  app.get(
    '/sessions',
    { schema: { response: { 200: z.array(sessionSummary), ...problems } } },
    async (request) => sessions.list(request.user),
  )

  app.post(
    '/sessions',
    { schema: { body: createSession, response: { 200: session, 201: session, ...problems } } },
    async (request, reply) => {
      const started = await sessions.start(request.user, request.body.lab)
      return reply.code(started.created ? 201 : 200).send(started.session)
    },
  )

  app.get('/sessions/:id', { schema: { params, response: { 200: session, ...problems } } }, async (request) =>
    sessions.get(request.user, request.params.id),
  )

  app.delete(
    '/sessions/:id',
    { schema: { params, response: { 200: session, ...problems } } },
    async (request) => sessions.end(request.user, request.params.id),
  )

  app.post(
    '/sessions/:id/anew',
    { schema: { params, response: { 200: session, ...problems } } },
    async (request) => sessions.startAnew(request.user, request.params.id),
  )

  app.post(
    '/sessions/:id/checks',
    { schema: { params, body: runChecks.nullish(), response: { 200: checksResult, ...problems } } },
    async (request) => services.grading.check(request.user, request.params.id, request.body?.task),
  )

  app.post(
    '/sessions/:id/hints',
    { schema: { params, body: takeHint, response: { 200: session, ...problems } } },
    async (request) =>
      services.hints.take(request.user, request.params.id, request.body.task, request.body.seen),
  )

  app.post(
    '/sessions/:id/submission',
    { schema: { params, body: submitSession.nullish(), response: { 200: session, ...problems } } },
    async (request) => services.submissions.submit(request.user, request.params.id, request.body ?? {}),
  )

  // The text is what was signed: it is sent as it was written.
  app.get(
    '/sessions/:id/receipt',
    { schema: { params, response: { 200: z.unknown(), ...problems } } },
    async (request, reply) => {
      const text = await services.receipts.of(request.user, request.params.id)
      return reply
        .type('application/json')
        .header('content-disposition', `attachment; filename="receipt-${request.params.id}.json"`)
        .send(text)
    },
  )

  app.post(
    '/sessions/:id/extension',
    { schema: { params, body: extendSession, response: { 200: session, ...problems } } },
    async (request) => sessions.extend(request.user, request.params.id, request.body.extended),
  )

  app.post(
    '/sessions/:id/answers',
    { schema: { params, body: giveAnswer, response: { 200: session, ...problems } } },
    async (request) => sessions.answer(request.user, request.params.id, request.body),
  )

  app.post(
    '/sessions/:id/checkpoints',
    { schema: { params, body: nameCheckpoint, response: { 201: session, ...problems } } },
    async (request, reply) => {
      await services.checkpoints.byHand(request.user, request.params.id, request.body.name)
      return reply.code(201).send(await sessions.get(request.user, request.params.id))
    },
  )

  app.delete(
    '/sessions/:id/checkpoints/:checkpoint',
    { schema: { params: checkpointParams, response: { 200: session, ...problems } } },
    async (request) => {
      await services.checkpoints.remove(request.user, request.params.id, request.params.checkpoint)
      return sessions.get(request.user, request.params.id)
    },
  )

  app.post(
    '/sessions/:id/reset',
    { schema: { params, body: resetSession, response: { 200: session, ...problems } } },
    async (request) => {
      await services.resets.reset(request.user, request.params.id, request.body.checkpoint)
      return sessions.get(request.user, request.params.id)
    },
  )
}
