import type { ApiResource } from '../cluster/discovery.ts'
import type { KubeObject } from '../cluster/kube-object.ts'

/** A kind as the API server serves it. */
export type Resource = Pick<ApiResource, 'group' | 'version' | 'kind' | 'plural' | 'namespaced'>

/** One request that changes something, and what follows from its outcome. */
export interface Write {
  verb: 'create' | 'update' | 'patch' | 'delete'
  resource: Resource
  subresource?: 'status'
  patch?: 'json' | 'apply'
  namespace?: string
  name: string
  query: Record<string, string>
  body: unknown
  /** Reasons of refusals that are taken as no error. */
  swallowed: string[]
  /** Comes to nothing unless the write before it succeeded. */
  needsPrevious?: boolean
  /** What the apply cache keeps of the answer. */
  remember?: { key: string, applied: string }
  /** What the apply cache forgets on success. */
  forget?: string
}

export function writeOf (resource: Resource, object: KubeObject, rest: Pick<Write, 'verb' | 'body'> & Partial<Write>): Write {
  const { name, namespace } = object.metadata
  return { resource, name, query: {}, swallowed: [], ...(resource.namespaced && namespace !== undefined && { namespace }), ...rest }
}
