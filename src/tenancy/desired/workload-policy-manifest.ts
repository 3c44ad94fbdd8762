import { apiVersion } from '../../api/group.ts'
import { hostNameOf } from '../../api/host-name.ts'
import type { Pods } from '../../api/pods.ts'
import type { PodSecurity } from '../../api/tenant-class.ts'
import type { Tenant } from '../../api/tenant.ts'
import { any, type WorkloadPolicySpec } from '../../api/workload-policy.ts'
import { allowsNone } from '../policy/effective-quotas.ts'
import type { Policy } from '../policy/effective-policy.ts'
import { networkPolicyBounds } from './network-policy-bounds.ts'
import { fillsInPodSecurity } from './pod-security.ts'
import { placedMetadata, type Placement, type WorkloadPolicyManifest } from './manifest.ts'

/** The name by which admission policies find the one WorkloadPolicy of a namespace. */
export const workloadPolicyName = 'tenant-workloads'

/** The parameter of the workload policies. It sets every field, so that an added one has no meaning. */
export function workloadPolicy ({ metadata, spec }: Tenant, policy: Policy, placement: Placement): WorkloadPolicyManifest {
  const { className, workloads, quotas, podSecurity, network, selfService } = policy
  const { services, pods, hostNames, ingressClasses, gatewayClasses, storageClasses, imageRegistries, ...rest } = workloads
  return {
    apiVersion,
    kind: 'WorkloadPolicy',
    metadata: placedMetadata(workloadPolicyName, placement),
    spec: {
      ...rest,
      tenantName: metadata.name,
      className,
      cordoned: spec.cordoned === true,
      services: { ...services, allowNodePorts: !allowsNone(quotas, 'services.nodeports') },
      pods: {
        ...pods,
        tolerations: pods.tolerations.map(({ key, value = any, effect = any }) => ({ key, value, effect })),
        imagePullPolicies: pods.imagePullPolicies ?? [any],
        defaults: defaultsOfPods(pods, podSecurity)
      },
      networkPolicies: networkPolicyBounds(network, selfService),
      hostNames: hostNames?.map(pattern => hostNameOf(metadata.name, pattern)) ?? [any],
      ingressClasses: ingressClasses ?? [any],
      gatewayClasses: gatewayClasses ?? [any],
      storageClasses: storageClasses ?? [any],
      imageRegistries: imageRegistries ?? [any]
    }
  }
}

function defaultsOfPods ({ defaults, nodeSelector, tolerations }: Pods, podSecurity: PodSecurity): WorkloadPolicySpec['pods']['defaults'] {
  return {
    podSecurity: fillsInPodSecurity(defaults, podSecurity),
    userNamespaces: defaults.userNamespaces,
    nodeSelector: defaults.nodeSelector ? nodeSelector : {},
    tolerations: defaults.tolerations ? tolerations.filter(({ key }) => key !== any).map(asPodsHaveIt) : [],
    runtimeClass: defaults.runtimeClass ?? '',
    priorityClass: defaults.priorityClass ?? ''
  }
}

const asPodsHaveIt = ({ key, value, effect }: Pods['tolerations'][number]) =>
  ({ key, operator: value === undefined ? 'Exists' : 'Equal', value: value ?? '', effect: effect ?? '' })
