import { Type } from '@sinclair/typebox'
import type { FastifyError, FastifyInstance } from 'fastify'

export const ErrorBody = Type.Object({
  statusCode: Type.Integer(),
  error: Type.String(),
  message: Type.String({ description: 'What is wrong with the request.' })
})

/**
 * What is wrong with a request is said; what is wrong with us is logged, under the id that the answer names. Either way
 * the engine sees an error and changes nothing.
 */
export function handleErrors (app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const statusCode = error.statusCode ?? 500
    if (statusCode < 500) {
      return await reply.code(statusCode).send({ statusCode, error: error.code ?? 'BAD_REQUEST', message: error.message })
    }
    request.log.error({ err: error }, 'a request could not be answered')
    return await reply.code(statusCode).send({ statusCode, error: 'INTERNAL', message: `internal error, see the log of the hook for request ${request.id}` })
  })
}
