import { apiVersion } from '../api/group.ts'
import { ownerOf } from '../tenancy/observed/owner.ts'
import type { CustomizeRequest, CustomizeResponse } from './schema.ts'

/**
 * What to send along with a Tenant: all classes, since the answer is cached and cannot follow a change of class; and
 * whatever bears the name of its namespace, since Metacontroller does not say that a name is taken.
 */
export function customize ({ parent }: CustomizeRequest): CustomizeResponse {
  const { namespace } = ownerOf(parent)
  return {
    relatedResources: [
      { apiVersion, resource: 'tenantclasses', labelSelector: {} },
      // A Tenant whose namespace cannot be told is held; it still asks, as what is not sent is held too.
      { apiVersion: 'v1', resource: 'namespaces', names: [namespace ?? 'tenant-unnamed'] }
    ]
  }
}
