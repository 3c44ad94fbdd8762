import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { customize } from '../../hook/customize.ts'
import { sync } from '../../hook/sync.ts'
import { CustomizeRequest, CustomizeResponse, SyncRequest, SyncResponse } from '../../hook/schema.ts'
import { ErrorBody } from '../plugins/errors.ts'
import type { Metrics } from '../metrics.ts'

interface Options {
  /** Of k8s-mtp. */
  version: string
  metrics: Metrics
  /** The clock, for the times in conditions. */
  now: () => Date
}

/** The two hooks that Metacontroller calls. Only 200 changes anything in the cluster. */
export const hookRoutes: FastifyPluginAsyncTypebox<Options> = async (app, { version, metrics, now }) => {
  app.post('/sync', {
    schema: {
      summary: 'What a Tenant should come to, for what is observed',
      body: SyncRequest,
      response: { 200: SyncResponse, '4xx': ErrorBody }
    }
  }, async (request, reply) => {
    const { response, hold, corrected } = sync(request.body, now(), version)
    const { parent } = request.body
    metrics.children.observe(response.children.length)
    if (hold !== undefined) metrics.onHold.inc({ reason: hold })
    for (const { kind } of corrected) metrics.corrected.inc({ kind })
    reply.summary = { tenant: parent.metadata.name, generation: parent.metadata.generation, result: hold === undefined ? 'declared' : 'on_hold', ...(hold !== undefined && { reason: hold }), children: response.children.length, ...(corrected.length > 0 && { corrected: corrected.length }) }
    return response
  })

  app.post('/customize', {
    schema: {
      summary: 'Which other objects Metacontroller is to send along with a Tenant',
      body: CustomizeRequest,
      response: { 200: CustomizeResponse, '4xx': ErrorBody }
    }
  }, async (request, reply) => {
    const { parent } = request.body
    reply.summary = { tenant: parent.metadata.name, generation: parent.metadata.generation, result: 'responded' }
    return customize(request.body)
  })
}
