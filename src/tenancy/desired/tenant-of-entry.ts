import { specOfEntry, type FurtherNamespace } from '../../api/further-namespace.ts'
import type { Tenant, TenantSpec } from '../../api/tenant.ts'

/** The Tenant as it would be if the namespace of this entry were its only one. */
export function tenantOfEntry (tenant: Tenant, entry: FurtherNamespace): Tenant {
  return { ...tenant, spec: specOfEntry(tenant.spec, entry) as TenantSpec }
}
