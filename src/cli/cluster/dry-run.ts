import type { DryRun, DryRunAnswer, Identity } from '../../kubernetes/api-request.ts'
import { isFields } from '../../kubernetes/json.ts'
import { ClusterError } from './cluster-error.ts'
import type { Send } from './connection.ts'
import { pathOf } from './paths.ts'

const methods = { create: 'POST', patch: 'PATCH', delete: 'DELETE' } as const
const bodies = { create: 'create', patch: 'merge', delete: 'create' } as const

/**
 * Sends a dry run. Refusals are answers.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run
 * @throws ClusterError if the API server does not accept the credentials of the caller
 */
export async function dryRun (
  send: Send, identity: Identity, { verb, resource, place, subresource, content }: DryRun
): Promise<DryRunAnswer> {
  const path = pathOf(resource, place, { dryRun: 'All' }, subresource)
  try {
    const body = content === undefined ? undefined : { type: bodies[verb], content }
    const object = await send(methods[verb], path, body, identity)
    return { code: 200, message: '', ...(isFields(object) && { object }) }
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code === 401) throw error
    return { code: error.code, message: error.response }
  }
}
