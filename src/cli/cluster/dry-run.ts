import { isFields, type Fields } from '../../kubernetes/json.ts'
import { ClusterError } from './cluster-error.ts'
import type { Identity, Send } from './connection.ts'
import { pathOf, type Place, type Resource } from './paths.ts'

/** A write that the API server judges as any other, and does not store. */
export interface DryRun {
  verb: 'create' | 'patch' | 'delete'
  resource: Resource
  place: Place
  subresource?: string
  /** The object to create, or a JSON merge patch. */
  content?: Fields
}

/** What the API server says about it. */
export interface DryRunAnswer {
  /** The HTTP status code, 200 for all that is admitted. */
  code: number
  /** Why it is refused; empty where it is admitted. */
  message: string
  /** The object as it would be stored. */
  object?: Fields
}

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
