import type { ReachingKinds } from './reaching-kind.ts'

const goodPractices = 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/'

export const reachingKubernetesKinds: readonly ReachingKinds[] = [
  {
    project: 'Kubernetes permissions',
    resources: { 'rbac.authorization.k8s.io': ['roles', 'rolebindings'] },
    why: 'writers grant their own permissions to anyone, also past expiresAt and the lists of the Tenant',
    remedy: 'Set spec.selfService.permissions, or list who may write them in spec.allowedAuthors: guardrails refuse all others',
    boundedBy: 'permissions',
    source: goodPractices
  },
  {
    project: 'Kubernetes network policies',
    resources: { 'networking.k8s.io': ['networkpolicies'] },
    why: 'network policies add up, so one of them can open the namespace to any network',
    remedy: 'Set spec.selfService.networkPolicies, or list who may write them in spec.allowedAuthors: guardrails refuse all others',
    boundedBy: 'networkPolicies',
    source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/'
  },
  {
    project: 'Kubernetes quotas',
    resources: { '': ['resourcequotas'] },
    why: 'another quota can stop all workloads in the namespace, also those of the platform; it cannot raise a quota of the class',
    source: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/'
  },
  {
    project: 'Kubernetes tokens',
    resources: { '': ['serviceaccounts/token'] },
    why: 'writers act as each ServiceAccount of the namespace, outside of its pods too',
    remedy: 'Give no ServiceAccount of the namespace access elsewhere; guardrails let new tokens expire within a day',
    source: goodPractices
  },
  {
    project: 'Kubernetes scheduling',
    resources: { '': ['bindings', 'pods/binding'] },
    why: 'writers assign pods to any node, past taints, node selectors and affinity that the scheduler enforces',
    source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/binding-v1'
  },
  {
    project: 'Kubernetes endpoints',
    resources: { 'discovery.k8s.io': ['endpointslices'] },
    why: 'ingresses and load balancers route to the addresses in an EndpointSlice, past network policies that trust them',
    remedy: 'Leave spec.workloads.endpoints.addresses empty',
    source: 'https://github.com/kubernetes/kubernetes/issues/103675'
  },
  {
    project: 'Kubernetes devices',
    resources: { 'resource.k8s.io': ['resourceclaims', 'resourceclaimtemplates'] },
    why: 'writers take devices of nodes, of any DeviceClass',
    source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/'
  }
]
