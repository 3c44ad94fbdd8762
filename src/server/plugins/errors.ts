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
    if (isTooDeep(error)) return await reply.code(400).send({ statusCode: 400, error: 'TOO_DEEP', message: 'lists and objects lie too deep in one another: the API server itself would not store them' })
    return await reply.code(statusCode).send({ statusCode, error: 'INTERNAL', message: `internal error, see the log of the hook for request ${request.id}` })
  })
}

/** What V8 says where a walk over a value goes deeper than the stack. Source: the API server takes JSON of at most 10,000 levels. */
function isTooDeep (error: Error): boolean {
  return error instanceof RangeError && error.message === 'Maximum call stack size exceeded'
}
