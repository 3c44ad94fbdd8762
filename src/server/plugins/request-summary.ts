import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Metrics } from '../metrics.ts'

/** What one line of the log says about a request: never bodies, which hold the names of people. */
export interface RequestSummary {
  tenant?: string
  generation?: number
  result: 'declared' | 'on_hold' | 'responded' | 'refused' | 'unauthenticated' | 'failed'
  reason?: string
  /** The address of a caller who has not proved himself. */
  from?: string
  children?: number
  /** How many objects were found changed by hand. */
  corrected?: number
}

declare module 'fastify' {
  interface FastifyReply { summary: RequestSummary | null }
}

/** One log line and one count for each hook request, when it has been answered. */
export function summariseRequests (app: FastifyInstance, metrics: Metrics): void {
  app.decorateReply('summary', null)
  app.addHook('onResponse', async (request, reply) => {
    const hook = request.routeOptions.url?.slice(1)
    if (hook !== 'sync' && hook !== 'customize') return
    const summary = summaryOf(reply)
    metrics.requests.inc({ hook, result: summary.result })
    metrics.duration.observe({ hook }, reply.elapsedTime / 1000)
    request.log.info({ ...summary, statusCode: reply.statusCode, milliseconds: Math.round(reply.elapsedTime * 100) / 100 }, hook)
  })
}

function summaryOf ({ summary, statusCode }: FastifyReply): RequestSummary {
  if (statusCode === 200 && summary !== null) return summary
  if (statusCode === 401) return { ...summary, result: 'unauthenticated' }
  return { ...summary, result: statusCode < 500 ? 'refused' : 'failed' }
}
