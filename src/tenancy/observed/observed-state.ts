import type { ObservedObject } from '../../kubernetes/object.ts'

/** What Metacontroller sends along with a Tenant. */
export interface ObservedState {
  /** All objects that the Tenant owns, by identity. */
  children: ReadonlyMap<string, ObservedObject>
  /** Namespaces with a name of the Tenant's, whichever owner they have; undefined where they were not sent. */
  namespaces: ReadonlyMap<string, ObservedObject> | undefined
  /** All TenantClasses by name, not validated; undefined where they were not sent. */
  classes: ReadonlyMap<string, ObservedObject> | undefined
  /** Child kinds that were not sent, as `Kind.group/version`. */
  missingKinds: readonly string[]
}
