import { entryKey, specOfEntry, type FurtherNamespace } from '../../api/further-namespace.ts'
import type { Tenant, TenantSpec } from '../../api/tenant.ts'

/** A Tenant with one namespace, which `entry` names where that is not the home namespace. */
export interface TenantOfEntry extends Tenant { entry?: string }

/** The Tenant as it would be if the namespace of this entry were its only one. */
export function tenantOfEntry (tenant: Tenant, entry: FurtherNamespace): TenantOfEntry {
  return { ...tenant, entry: entryKey(entry), spec: specOfEntry(tenant.spec, entry) as TenantSpec }
}

/** The Tenant with its home namespace alone, then with each further one. */
export function tenantsByNamespace (tenant: Tenant): TenantOfEntry[] {
  const { namespaces = [], ...spec } = tenant.spec
  return [{ ...tenant, spec }, ...namespaces.map(entry => tenantOfEntry(tenant, entry))]
}
