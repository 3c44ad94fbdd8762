import { readLooseTenant, type ObservedTenant } from '../tenancy/observed/loose-tenant.ts'

/**
 * Finds the Tenant with this name, or its part for the namespace.
 * @param all Tenants, then their further namespaces, each as a Tenant with that namespace alone
 */
export function tenantFor (tenantName: string, namespaceName: string, all: readonly ObservedTenant[]): ObservedTenant | undefined {
  const named = all.filter(({ metadata }) => metadata.name === tenantName)
  return named.find(tenant => readLooseTenant(tenant).namespace === namespaceName) ?? named[0]
}
