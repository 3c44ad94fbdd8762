import { apiVersion } from '../../api/group.ts'
import type { Tenant } from '../../api/tenant.ts'
import { any } from '../../api/workload-policy.ts'
import type { Policy } from '../policy/effective-policy.ts'
import { placedMetadata, type Placement, type WorkloadPolicyManifest } from './manifest.ts'

/** The name by which admission policies find the one WorkloadPolicy of a namespace. */
export const workloadPolicyName = 'tenant-workloads'

/** The parameter of the workload policies. It sets every field, so that an added one has no meaning. */
export function workloadPolicy (
  { metadata, spec }: Tenant, { className, workloads }: Policy, placement: Placement
): WorkloadPolicyManifest {
  const { services, endpoints, ingressClasses, storageClasses, priorityClasses, imageRegistries } = workloads
  return {
    apiVersion,
    kind: 'WorkloadPolicy',
    metadata: placedMetadata(workloadPolicyName, placement),
    spec: {
      tenantName: metadata.name,
      className,
      cordoned: spec.cordoned === true,
      services: { types: services.types, externalIPs: services.externalIPs },
      endpoints: { addresses: endpoints.addresses },
      ingressClasses: ingressClasses ?? [any],
      storageClasses: storageClasses ?? [any],
      priorityClasses: priorityClasses ?? [any],
      imageRegistries: imageRegistries ?? [any]
    }
  }
}
