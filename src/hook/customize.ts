import { apiVersion } from '../api/group.ts'
import { readLooseTenant } from '../tenancy/observed/loose-tenant.ts'
import { asTenant } from '../tenancy/observed/tenant-namespace.ts'
import type { CustomizeRequest, CustomizeResponse } from './schema.ts'

/**
 * Names the related objects of a Tenant: all classes, since the response is cached and cannot follow a change of class;
 * and its namespace by name, since Metacontroller does not report a name conflict.
 */
export function customize ({ parent }: CustomizeRequest): CustomizeResponse {
  const { namespace } = readLooseTenant(parent.kind === 'Tenant' ? parent : asTenant(parent))
  return {
    relatedResources: [
      { apiVersion, resource: 'tenantclasses', labelSelector: {} },
      // An unreadable name still needs an entry: a request without related namespaces is put on hold as incomplete.
      { apiVersion: 'v1', resource: 'namespaces', names: [namespace ?? 'tenant-unnamed'] }
    ]
  }
}
