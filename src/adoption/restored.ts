import { labels } from '../api/group.ts'
import type { ObservedTenant } from '../tenancy/decide.ts'
import { isTerminating, type ObservedObject } from '../kubernetes/object.ts'
import { hasLabelOf, isOwnedBy, otherOwner } from './owners.ts'
import { namespacesOf } from './situation.ts'

/** Namespaces that were made for Tenants, by what is to be done about them. */
export interface Restored {
  /** Made for a Tenant that is there under another uid now, as after a restore. */
  adoptable: Array<{ tenant: string, namespace: string }>
  leftOut: Array<{ namespace: string, because: string }>
  /** How many are their Tenant's as they should be. */
  owned: number
}

/** Looks at all namespaces that bear the label of a Tenant. */
export function restoredNamespaces (namespaces: readonly ObservedObject[], tenants: readonly ObservedTenant[]): Restored {
  const byName = new Map(tenants.map(tenant => [tenant.metadata.name, tenant]))
  const owners = new Map(tenants.map(({ metadata }) => [metadata.uid, `Tenant/${metadata.name}`]))
  const found: Restored = { adoptable: [], leftOut: [], owned: 0 }
  for (const namespace of [...namespaces].sort((a, b) => a.metadata.name < b.metadata.name ? -1 : 1)) {
    const tenantName = namespace.metadata.labels?.[labels.tenant]
    if (tenantName === undefined) continue
    const tenant = byName.get(tenantName)
    const because = leftOutBecause(namespace, tenantName, tenant, owners)
    if (tenant !== undefined && isOwned(namespace, tenant)) found.owned++
    else if (because === undefined) found.adoptable.push({ tenant: tenantName, namespace: namespace.metadata.name })
    else found.leftOut.push({ namespace: namespace.metadata.name, because })
  }
  return found
}

function isOwned (namespace: ObservedObject, { metadata }: ObservedTenant): boolean {
  return hasLabelOf(namespace, metadata.uid) && isOwnedBy(namespace, metadata.uid)
}

function leftOutBecause (namespace: ObservedObject, tenantName: string, tenant: ObservedTenant | undefined, owners: ReadonlyMap<string, string>): string | undefined {
  const { name } = namespace.metadata
  if (isTerminating(namespace)) return 'it is being deleted'
  if (tenant === undefined) return `its Tenant ${tenantName} is gone: create it again, or let the namespace go with: k8s-mtp release ${tenantName} ${name}`
  if (isTerminating(tenant)) return `its Tenant ${tenantName} is being deleted`
  if (!namespacesOf(tenant).includes(name)) return `Tenant ${tenantName} has ${namespacesOf(tenant).join(', ') || 'no namespace that can be told'}, and not this one`
  const other = otherOwner(namespace, tenant.metadata.uid, owners)
  return other === undefined ? undefined : `it belongs to ${other}`
}
