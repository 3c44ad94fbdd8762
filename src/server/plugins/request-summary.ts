import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Metrics } from '../metrics.ts'

/** Fields of the log line of a request. Bodies are never logged: they contain names of people. */
export interface RequestSummary {
  tenant?: string
  /** Of spec.namespaces. */
  entry?: string
  generation?: number
  result: 'declared' | 'on_hold' | 'responded' | 'refused' | 'unauthenticated' | 'failed'
  reason?: string
  /** Address of an unauthenticated caller. */
  from?: string
  /** Number of objects in the response. */
  children?: number
  /** Number of objects with corrected drift. */
  corrected?: number
}

declare module 'fastify' {
  interface FastifyReply { summary: RequestSummary | null }
}

/** Logs one line and counts one result for each request to the routes of this plugin, after the response. */
export function summarizeRequests (app: FastifyInstance, metrics: Metrics): void {
  app.decorateReply('summary', null)
  app.addHook('onResponse', async (request, reply) => {
    const hook = (request.routeOptions.url ?? '').slice(1)
    const summary = summaryOf(reply)
    metrics.requests.inc({ hook, result: summary.result })
    metrics.duration.observe({ hook }, reply.elapsedTime / 1000)
    const milliseconds = Math.round(reply.elapsedTime * 100) / 100
    request.log.info({ ...summary, statusCode: reply.statusCode, milliseconds }, hook)
  })
}

function summaryOf ({ summary, statusCode }: FastifyReply): RequestSummary {
  if (statusCode === 200 && summary !== null) return summary
  if (statusCode === 401) return { ...summary, result: 'unauthenticated' }
  return { ...summary, result: statusCode < 500 ? 'refused' : 'failed' }
}
