import type { Resource } from '../kubernetes/api-request.ts'
import { apiVersion } from '../api/group.ts'

const core = (kind: string, resource: string): Resource => ({ apiVersion: 'v1', kind, resource })

/** The kinds that checks read, and write in dry runs. */
export const resources = {
  namespaces: core('Namespace', 'namespaces'),
  nodes: core('Node', 'nodes'),
  pods: core('Pod', 'pods'),
  services: core('Service', 'services'),
  endpoints: core('Endpoints', 'endpoints'),
  configMaps: core('ConfigMap', 'configmaps'),
  secrets: core('Secret', 'secrets'),
  serviceAccounts: core('ServiceAccount', 'serviceaccounts'),
  quotas: core('ResourceQuota', 'resourcequotas'),
  limitRanges: core('LimitRange', 'limitranges'),
  claims: core('PersistentVolumeClaim', 'persistentvolumeclaims'),
  endpointSlices: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', resource: 'endpointslices' },
  networkPolicies: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', resource: 'networkpolicies' },
  ingresses: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', resource: 'ingresses' },
  httpRoutes: { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', resource: 'httproutes' },
  deployments: { apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments' },
  daemonSets: { apiVersion: 'apps/v1', kind: 'DaemonSet', resource: 'daemonsets' },
  jobs: { apiVersion: 'batch/v1', kind: 'Job', resource: 'jobs' },
  roles: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', resource: 'roles' },
  roleBindings: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', resource: 'rolebindings' },
  clusterRoles: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', resource: 'clusterroles' },
  clusterRoleBindings: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', resource: 'clusterrolebindings' },
  workloadPolicies: { apiVersion, kind: 'WorkloadPolicy', resource: 'workloadpolicies' },
  validatingPolicies: {
    apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', resource: 'validatingadmissionpolicies'
  },
  validatingBindings: {
    apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', resource: 'validatingadmissionpolicybindings'
  }
} as const satisfies Record<string, Resource>
