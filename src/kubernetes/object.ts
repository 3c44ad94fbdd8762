/** An object of any kind. Its content is not validated. */
export interface KubernetesObject {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
  }
  [field: string]: unknown
}

type Identity = Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>

/** An object as the API server stores it. */
export interface ObservedObject extends KubernetesObject {
  metadata: KubernetesObject['metadata'] & {
    uid?: string
    generation?: number
    creationTimestamp?: string
    deletionTimestamp?: string
    resourceVersion?: string
    ownerReferences?: OwnerReference[]
    managedFields?: ManagedFieldsEntry[]
  }
}

/** Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/ */
export interface OwnerReference {
  uid: string
  controller?: boolean
  apiVersion?: string
  kind?: string
  name?: string
}

/** Who set which fields. Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
export interface ManagedFieldsEntry {
  manager?: string
  operation?: string
  subresource?: string
  /** Of the last change, in RFC 3339. */
  time?: string
  fieldsV1?: Record<string, unknown>
}

/** The key of an object in the maps of this program: two objects with one identity are one object. */
export function identity ({ apiVersion, kind, metadata }: Identity): string {
  return `${apiVersion}/${kind}/${metadata.namespace ?? ''}/${metadata.name}`
}

/** `Role/tenant-admin`, as messages and the status name an object. */
export function displayName ({ kind, metadata }: Identity): string {
  return `${kind}/${metadata.name}`
}

/** `apps` of `apps/v1`; empty for the core group. */
export function groupOf (apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}

export function isNamespace ({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return apiVersion === 'v1' && kind === 'Namespace'
}

/** The identity of a namespace. */
export function namespaceIdentity (name: string): string {
  return identity({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
}

export function isTerminating ({ metadata }: ObservedObject): boolean {
  return metadata.deletionTimestamp !== undefined
}
