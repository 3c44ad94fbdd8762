import type { Static, TSchema } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { tenantAndEntry } from '../../api/tenant-namespace.ts'
import { customize } from '../../hook/customize.ts'
import { sync } from '../../hook/sync.ts'
import { CustomizeRequest, CustomizeResponse, SyncRequest, SyncResponse } from '../../hook/schema.ts'
import type { Metrics } from '../metrics.ts'
import { ErrorBody } from '../plugins/errors.ts'
import type { RequestSummary } from '../plugins/request-summary.ts'

interface Options {
  /** Version of k8s-mtp. */
  version: string
  metrics: Metrics
  /** Clock for the times in conditions. */
  now: () => Date
}

/** Adds the hooks of the CompositeControllers, whose parents are Tenants and TenantNamespaces. */
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

/** The Tenant, and its entry of spec.namespaces where the request is about one. */
function parentOf ({ parent: { metadata } }: CustomizeRequest): { tenant: string, entry?: string, generation: number } {
  const [tenant, entry] = tenantAndEntry(metadata.name)
  return { tenant, ...(entry !== '' && { entry }), generation: metadata.generation }
}

/** A webhook that Metacontroller calls. Only a response with status 200 changes anything in the cluster. */
interface Hook<Body extends TSchema> {
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
function serveHook<Body extends TSchema> (app: FastifyInstance, metrics: Metrics, hook: Hook<Body>): void {
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
