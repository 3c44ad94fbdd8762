/** An object as the API server holds it. Whatever else it has stays in `field`s. */
export interface ObservedObject {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    uid?: string
    generation?: number
    labels?: Record<string, string>
    annotations?: Record<string, string>
    deletionTimestamp?: string
    resourceVersion?: string
    ownerReferences?: OwnerReference[]
    managedFields?: ManagedFieldsEntry[]
  }
  [field: string]: unknown
}

/** Who owns an object. Over the wire of the hook only `uid` and `controller` are looked at. */
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
  fieldsV1?: Record<string, unknown>
}

interface Identified {
  apiVersion: string
  kind: string
  metadata: { name: string, namespace?: string }
}

/** Two objects of one identity are one object. */
export function identity ({ apiVersion, kind, metadata }: Identified): string {
  return [apiVersion, kind, metadata.namespace ?? '', metadata.name].join('/')
}

/** For people: `Role/tenant-admin`. */
export function displayName ({ kind, metadata }: Identified): string {
  return `${kind}/${metadata.name}`
}

export function isNamespace ({ apiVersion, kind }: { apiVersion: string, kind: string }): boolean {
  return apiVersion === 'v1' && kind === 'Namespace'
}

export function isTerminating ({ metadata }: ObservedObject): boolean {
  return metadata.deletionTimestamp !== undefined
}

/** What Metacontroller sends along with a Tenant, by what it is to us. */
export interface Observed {
  /** All objects that the Tenant owns, of whatever kind, by identity. */
  children: ReadonlyMap<string, ObservedObject>
  /** Namespaces that bear the name of one of the Tenant's, whoever owns them; undefined where they were not sent. */
  namespaces: ReadonlyMap<string, ObservedObject> | undefined
  /** All TenantClasses by name, unchecked; undefined where they were not sent. */
  classes: ReadonlyMap<string, ObservedObject> | undefined
  /** Kinds that the engine should watch for us and does not, as `Kind.group/version`. */
  kindsNotSent: readonly string[]
}
