import { namespaceName } from '../api/tenant.ts'
import type { ObservedTenant } from '../tenancy/decide.ts'
import type { ObservedObject } from '../kubernetes/object.ts'

/** What a cluster holds around a Tenant and a namespace that it is to take over, read at one moment. */
export interface Situation {
  /** That moment: rights that have ended by then are nobody's. */
  now: Date
  tenant: ObservedTenant
  /** The name that was asked for. */
  namespaceName: string
  namespace: ObservedObject | undefined
  /** Everything in the namespace of the kinds that a Tenant comes to, whoever made it. */
  contents: readonly ObservedObject[]
  classes: ReadonlyMap<string, ObservedObject>
  /** By uid, whoever is there to own something, as `Tenant/acme`: all Tenants, and other owners that are named and found. */
  owners: ReadonlyMap<string, string>
  /** Undefined where they may not be read. */
  pods: readonly ObservedObject[] | undefined
}

/** The namespaces that are a Tenant's by the name rule; none where its spec is such that they cannot be told. */
export function namespacesOf ({ metadata, spec }: ObservedTenant): string[] {
  const name: unknown = typeof spec === 'object' && spec !== null && 'name' in spec ? spec.name : undefined
  return typeof name === 'string' ? [namespaceName({ metadata, spec: { name } })] : []
}
