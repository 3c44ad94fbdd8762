import type { TenantClass } from '../../api/tenant-class.ts'
import type { Tenant } from '../../api/tenant.ts'

/** Any Tenant of a class, without overrides. Its name is the placeholder of patterns of host names. */
export function plainTenant ({ apiVersion, metadata }: Pick<TenantClass, 'apiVersion' | 'metadata'>): Tenant {
  const spec = { name: 'any', className: metadata.name, deletionPolicy: 'Delete' } as const
  return { apiVersion, kind: 'Tenant', metadata: { name: '{tenant}' }, spec }
}
