import { ownershipLabel } from '../api/group.ts'
import { tenantAndEntry } from '../api/tenant-namespace.ts'
import { furtherNamespaceName } from '../api/tenant.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { readLooseTenant, type ObservedTenant } from '../tenancy/observed/loose-tenant.ts'
import { ownerReferenceTo } from './owners.ts'

/** A TenantNamespace that --cascade=orphan left behind, and the Tenant of its name that exists now. */
export interface Orphan {
  object: ObservedObject
  tenant: ObservedTenant
  /** Of spec.namespaces. */
  entry: string
}

/** Finds the TenantNamespace of a namespace, where it has no owner and its Tenant exists again. */
export function findOrphan (
  tenantName: string, namespace: string, tenants: readonly ObservedTenant[], tenantNamespaces: readonly ObservedObject[]
): Orphan | undefined {
  const tenant = tenants.find(({ metadata }) => metadata.name === tenantName)
  const object = tenantNamespaces.find(({ metadata: { name } }) =>
    tenantAndEntry(name)[0] === tenantName && furtherNamespaceName(name) === namespace)
  if (tenant === undefined || object === undefined || (object.metadata.ownerReferences ?? []).length > 0) return undefined
  return { object, tenant, entry: tenantAndEntry(object.metadata.name)[1] }
}

/** Says why the Tenant cannot have it, and what to do. */
export function orphanObstacle ({ object, tenant, entry }: Orphan): string | undefined {
  if (readLooseTenant(tenant).entries.has(entry)) return undefined
  return `spec.namespaces of Tenant ${tenant.metadata.name} does not list ${entry}. Add the entry first: ${object.metadata.name} keeps ` +
    'its namespace meanwhile'
}

/**
 * The metadata that gives it to the Tenant. Metacontroller may not set the owner itself: an owner that does not exist would make the
 * garbage collector delete the namespace. Fails where the object has changed meanwhile.
 */
export function ownerMetadata ({ object, tenant }: Orphan): Record<string, unknown> {
  return {
    uid: object.metadata.uid,
    resourceVersion: object.metadata.resourceVersion,
    labels: { [ownershipLabel]: tenant.metadata.uid },
    ownerReferences: [ownerReferenceTo(tenant)]
  }
}
