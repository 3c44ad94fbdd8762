import type { WorkloadPolicy } from '../../src/api/workload-policy.ts'

/** What workloads may use, two settings per line: `services ClusterIP  external IPs none`. */
export function describeWorkloads ({ spec }: WorkloadPolicy): string[][] {
  const { services, endpoints } = spec
  return [
    ['services', listed(services.types), 'external IPs', listed(services.externalIPs)],
    ['endpoint addresses', listed(endpoints.addresses), 'images from', listed(spec.imageRegistries)],
    ['ingress classes', listed(spec.ingressClasses), 'storage classes', listed(spec.storageClasses)],
    ['host names', listed(spec.hostNames), 'tolerations', listed(spec.pods.tolerations.map(({ key }) => key))],
    ['priority classes', listed(spec.priorityClasses), 'new pods', spec.cordoned ? 'refused' : 'admitted']
  ]
}

function listed (items: string[]): string {
  if (items.includes('*')) return 'any'
  return items.length === 0 ? 'none' : items.join(', ')
}
