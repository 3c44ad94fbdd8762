import { Type } from '@sinclair/typebox'
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { TooDeepError } from './body.ts'

export const ErrorBody = Type.Object({
  statusCode: Type.Integer(),
  error: Type.String(),
  message: Type.String({ description: 'What is wrong with the request.' })
})

/** A message may contain keys of the request, which can be as long as the request. */
const maxMessageLength = 2048

/**
 * Reports invalid requests to the caller. Logs internal errors, and reports only the id of the request: the error may
 * contain details. Metacontroller changes nothing after either.
 */
export function handleErrors (app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const statusCode = error.statusCode ?? 500
    if (statusCode < 500) return await sendError(reply, statusCode, error.code ?? 'BAD_REQUEST', error.message)
    if (isTooDeep(error)) {
      request.log.warn({ err: error }, 'request refused')
      const { statusCode, code, message } = new TooDeepError()
      return await sendError(reply, statusCode, code, message)
    }
    request.log.error({ err: error }, 'request failed')
    const message = `internal error: see the log of the hook for request ${request.id}`
    return await sendError(reply, statusCode, 'INTERNAL', message)
  })
}

/** Sends an `ErrorBody`. */
export async function sendError (reply: FastifyReply, statusCode: number, error: string, message: string) {
  return await reply.code(statusCode).send({ statusCode, error, message: message.slice(0, maxMessageLength) })
}

/** V8's error for recursion that exceeds the stack. The API server accepts JSON of at most 10,000 levels. */
function isTooDeep (error: Error): boolean {
  return error instanceof RangeError && error.message === 'Maximum call stack size exceeded'
}
