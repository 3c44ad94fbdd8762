import type { Static, TSchema } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../metrics.ts'
import { ErrorBody } from '../plugins/errors.ts'
import type { RequestSummary } from '../plugins/request-summary.ts'

/** A webhook that Metacontroller calls. Only a response with status 200 changes anything in the cluster. */
export interface Hook<Body extends TSchema> {
  /** Without the slash, the label `hook` of the metrics. */
  path: string
  /** For the OpenAPI document. */
  summary: string
  body: Body
  response: TSchema
  /** Results that `handle` returns. */
  results: readonly RequestSummary['result'][]
  handle: (request: Static<Body>) => { response: object, summary: RequestSummary }
}

/** Results of a request that did not get a response with status 200. */
const errorResults = ['refused', 'unauthenticated', 'failed'] as const

/** Adds the route of a hook: validates the request, and leaves a summary for the log and the metrics. */
export function serveHook<Body extends TSchema> (app: FastifyInstance, metrics: Metrics, hook: Hook<Body>): void {
  const { path, summary, body, response, results, handle } = hook
  // A series that starts with its first failure shows no increase.
  for (const result of [...results, ...errorResults]) metrics.requests.inc({ hook: path.slice(1), result }, 0)
  const schema = { summary, body, response: { 200: response, '4xx': ErrorBody } }
  app.post<{ Body: Static<Body> }>(path, { schema }, async (request, reply) => {
    const handled = handle(request.body)
    reply.summary = handled.summary
    return handled.response
  })
}
