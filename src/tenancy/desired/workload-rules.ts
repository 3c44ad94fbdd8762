import { apiVersion } from '../../api/group.ts'
import type { Tenant } from '../../api/tenant.ts'
import { any, type WorkloadPolicy } from '../../api/workload-policy.ts'
import type { Policy } from '../policy/effective-policy.ts'
import { placedMetadata, type Manifest, type Placement } from './manifest.ts'

/** The one object of its kind in a namespace: guardrails look for it by this name. */
export const workloadPolicyName = 'tenant-workloads'

/** The parameter of the guardrails for workloads. Nothing is left out of it, so nothing that is added to it can mean anything. */
export function workloadPolicy ({ metadata, spec }: Tenant, { className, workloads }: Policy, placement: Placement): Manifest {
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
  } satisfies WorkloadPolicy
}
