import type { ObservedObject, OwnerReference } from '../kubernetes/object.ts'
import type { ObservedTenant } from '../tenancy/observed/loose-tenant.ts'

/** What a cluster holds about a Tenant and a namespace to adopt, read at one moment. */
export interface Situation {
  /** That moment: access that has ended by then is not granted. */
  now: Date
  tenant: ObservedTenant
  /** The requested name. */
  namespaceName: string
  namespace: ObservedObject | undefined
  /** All objects of the child kinds in the namespace, managed or not. */
  contents: readonly ObservedObject[]
  classes: ReadonlyMap<string, ObservedObject>
  /** Existing owners by uid, as `Tenant/acme`: all Tenants, and other owners that the objects name. */
  owners: ReadonlyMap<string, string>
  /** Undefined where the caller may not read it, or it does not exist. */
  keeper: OwnerReference | undefined
  /** Undefined where the caller may not list them. */
  pods: readonly ObservedObject[] | undefined
}
