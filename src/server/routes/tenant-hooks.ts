import type { FastifyInstance } from 'fastify'
import { customize } from '../../hook/customize.ts'
import { sync } from '../../hook/sync.ts'
import { CustomizeRequest, CustomizeResponse, SyncRequest, SyncResponse } from '../../hook/schema.ts'
import type { Metrics } from '../metrics.ts'
import { serveHook } from './hook.ts'

interface Options {
  /** Version of k8s-mtp. */
  version: string
  metrics: Metrics
  /** Clock for the times in conditions. */
  now: () => Date
}

/** Adds the hooks of the CompositeController whose parents are Tenants. */
export function serveTenantHooks (app: FastifyInstance, { version, metrics, now }: Options): void {
  serveHook(app, metrics, {
    path: '/sync',
    summary: 'Desired state and status of a Tenant, from its observed state',
    body: SyncRequest,
    response: SyncResponse,
    results: ['declared', 'on_hold'],
    handle (request) {
      const { response, hold, corrected } = sync(request, now(), version)
      const children = response.children.length
      metrics.children.observe(children)
      if (hold !== undefined) metrics.onHold.inc({ reason: hold })
      for (const { kind } of corrected) metrics.corrected.inc({ kind })
      return {
        response,
        summary: {
          ...parentOf(request),
          ...(hold === undefined ? { result: 'declared' } : { result: 'on_hold', reason: hold }),
          children,
          ...(corrected.length > 0 && { corrected: corrected.length })
        }
      }
    }
  })

  serveHook(app, metrics, {
    path: '/customize',
    summary: 'Related objects that Metacontroller sends with a Tenant',
    body: CustomizeRequest,
    response: CustomizeResponse,
    results: ['responded'],
    handle: request => ({ response: customize(request), summary: { ...parentOf(request), result: 'responded' } })
  })
}

function parentOf ({ parent: { metadata } }: CustomizeRequest): { tenant: string, generation: number } {
  return { tenant: metadata.name, generation: metadata.generation }
}
