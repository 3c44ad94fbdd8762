import { labels, manager } from '../../api/group.ts'
import type { Tenant } from '../../api/tenant.ts'
import type { Policy } from '../policy/effective-policy.ts'

/** An object to be applied, holding exactly the fields that this platform declares, as the API server stores them. */
export interface Manifest {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
  }
  [field: string]: unknown
}

/** The labels of every object that is made for a Tenant. */
export function ownLabels (tenant: Tenant, policy: Policy): Record<string, string> {
  return {
    [labels.managedBy]: manager,
    [labels.tenant]: tenant.metadata.name,
    [labels.class]: policy.className
  }
}

/** Where an object of a tenant lives and what it is called and labelled. */
export interface Placement {
  namespace: string
  labels: Record<string, string>
}

export function placedMetadata (name: string, { namespace, labels }: Placement) {
  return { name, namespace, labels }
}
