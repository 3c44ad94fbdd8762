import type { ApiResource } from '../cluster/discovery.ts'
import type { KubeObject } from '../cluster/kube-object.ts'

/** A kind as the API server serves it. */
export type Resource = Pick<ApiResource, 'group' | 'version' | 'kind' | 'plural' | 'namespaced'>

/** One write request, and what follows from its outcome. */
export interface Write {
  verb: 'create' | 'update' | 'patch' | 'delete'
  resource: Resource
  subresource?: 'status'
  patch?: 'json' | 'apply'
  namespace?: string
  name: string
  query: Record<string, string>
  body: unknown
  /** Error reasons that count as success. */
  ignored: string[]
  /** Skipped unless the previous write succeeded. */
  needsPrevious?: boolean
  /** What the apply cache stores of the response. */
  remember?: { key: string, applied: string }
  /** The entry that the apply cache removes on success. */
  forget?: string
}

export function writeOf (resource: Resource, object: KubeObject, rest: Pick<Write, 'verb' | 'body'> & Partial<Write>): Write {
  const { name, namespace } = object.metadata
  return {
    resource,
    name,
    query: {},
    ignored: [],
    ...(resource.namespaced && namespace !== undefined && { namespace }),
    ...rest
  }
}
