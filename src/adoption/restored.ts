import { labels } from '../api/group.ts'
import { compareText } from '../kubernetes/compare-text.ts'
import { isTerminating, type ObservedObject } from '../kubernetes/object.ts'
import { readLooseTenant, type ObservedTenant } from '../tenancy/observed/loose-tenant.ts'
import { hasLabelOf, isOwnedBy, otherOwner } from './owners.ts'
import { tenantFor } from './tenant-for.ts'

/** Namespaces with the label of a Tenant, by what to do about them. */
export interface Restored {
  /** The Tenant exists with another uid now, as after a restore from backup. */
  adoptable: Array<{ tenant: string, namespace: string }>
  skipped: Array<{ namespace: string, because: string }>
  /** How many their Tenants own. */
  owned: number
}

export function restoredNamespaces (namespaces: readonly ObservedObject[], tenants: readonly ObservedTenant[]): Restored {
  const owners = new Map(tenants.map(({ metadata }) => [metadata.uid, `Tenant/${metadata.name}`]))
  const found: Restored = { adoptable: [], skipped: [], owned: 0 }
  for (const namespace of [...namespaces].sort((a, b) => compareText(a.metadata.name, b.metadata.name))) {
    const tenantName = namespace.metadata.labels?.[labels.tenant]
    if (tenantName === undefined) continue
    const tenant = tenantFor(tenantName, namespace.metadata.name, tenants)
    const because = skippedBecause(namespace, tenantName, tenant, owners)
    if (tenant !== undefined && isOwned(namespace, tenant)) found.owned++
    else if (because === undefined) found.adoptable.push({ tenant: tenantName, namespace: namespace.metadata.name })
    else found.skipped.push({ namespace: namespace.metadata.name, because })
  }
  return found
}

function isOwned (namespace: ObservedObject, { metadata }: ObservedTenant): boolean {
  return hasLabelOf(namespace, metadata.uid) && isOwnedBy(namespace, metadata.uid)
}

function skippedBecause (
  namespace: ObservedObject, tenantName: string, tenant: ObservedTenant | undefined,
  owners: ReadonlyMap<string, string>
): string | undefined {
  const { name } = namespace.metadata
  if (isTerminating(namespace)) return 'it is being deleted'
  if (tenant === undefined) {
    return `its Tenant ${tenantName} does not exist: create it again, or release the namespace: k8s-mtp release ${tenantName} ${name}`
  }
  if (isTerminating(tenant)) return `its Tenant ${tenantName} is being deleted`
  const { namespace: own } = readLooseTenant(tenant)
  if (own === undefined) return `spec.name of Tenant ${tenantName} cannot be read`
  if (own !== name) return `Tenant ${tenantName} has ${own}, and not this one`
  const other = otherOwner(namespace, tenant.metadata.uid, owners)
  return other === undefined ? undefined : `it belongs to ${other}`
}
