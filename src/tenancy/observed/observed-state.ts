import type { ObservedObject } from '../../kubernetes/object.ts'

/** What Metacontroller sends along with a Tenant. */
export interface ObservedState {
  /** All objects that the Tenant owns, by identity. */
  children: ReadonlyMap<string, ObservedObject>
  /** Namespaces with a name of the Tenant's, whichever owner they have. */
  namespaces: ReadonlyMap<string, ObservedObject>
  /** All TenantClasses by name, not validated. */
  classes: ReadonlyMap<string, ObservedObject>
  /** What was not sent: child kinds as `Kind.group/version`, and the two above. */
  missingKinds: readonly string[]
}
