/** The metadata fields that tests read; others are accessible as unknown. */
export interface ObjectMeta {
  name: string
  namespace?: string
  generateName?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  ownerReferences?: OwnerReference[]
  managedFields?: { manager?: string, operation?: string, [key: string]: unknown }[]
  [key: string]: unknown
}

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

/** A Kubernetes object of any kind. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  [key: string]: unknown
}

export interface KindRef {
  apiVersion: string
  kind: string
}

export interface ObjectRef extends KindRef {
  name: string
  namespace?: string
}

export interface KubeList {
  resourceVersion: string
  items: KubeObject[]
}

export function refOf (object: KubeObject): ObjectRef {
  const { apiVersion, kind, metadata: { name, namespace } } = object
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) }
}

/** `Role tenant-acme-shop/tenant-admin`, for messages. */
export function describe (ref: { kind: string, name?: string, namespace?: string }): string {
  const name = [ref.namespace, ref.name].filter(part => part !== undefined).join('/')
  return name === '' ? ref.kind : `${ref.kind} ${name}`
}
