import { apiVersion } from '../api/group.ts'
import type { Resource } from './api-request.ts'

const of = (apiVersion: string) => (kind: string, resource: string): Resource => ({ apiVersion, kind, resource })
const [core, apps, discovery] = [of('v1'), of('apps/v1'), of('discovery.k8s.io/v1')]
const [admission, rbac] = [of('admissionregistration.k8s.io/v1'), of('rbac.authorization.k8s.io/v1')]
const [networking, own] = [of('networking.k8s.io/v1'), of(apiVersion)]

/** The kinds that commands read, and write in dry runs. */
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
  events: core('Event', 'events'),
  deployments: apps('Deployment', 'deployments'),
  replicaSets: apps('ReplicaSet', 'replicasets'),
  statefulSets: apps('StatefulSet', 'statefulsets'),
  daemonSets: apps('DaemonSet', 'daemonsets'),
  jobs: of('batch/v1')('Job', 'jobs'),
  leases: of('coordination.k8s.io/v1')('Lease', 'leases'),
  endpointSlices: discovery('EndpointSlice', 'endpointslices'),
  networkPolicies: networking('NetworkPolicy', 'networkpolicies'),
  ingresses: networking('Ingress', 'ingresses'),
  httpRoutes: of('gateway.networking.k8s.io/v1')('HTTPRoute', 'httproutes'),
  roles: rbac('Role', 'roles'),
  roleBindings: rbac('RoleBinding', 'rolebindings'),
  clusterRoles: rbac('ClusterRole', 'clusterroles'),
  clusterRoleBindings: rbac('ClusterRoleBinding', 'clusterrolebindings'),
  definitions: of('apiextensions.k8s.io/v1')('CustomResourceDefinition', 'customresourcedefinitions'),
  validatingPolicies: admission('ValidatingAdmissionPolicy', 'validatingadmissionpolicies'),
  validatingBindings: admission('ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings'),
  mutatingPolicies: admission('MutatingAdmissionPolicy', 'mutatingadmissionpolicies'),
  mutatingBindings: admission('MutatingAdmissionPolicyBinding', 'mutatingadmissionpolicybindings'),
  compositeControllers: of('metacontroller.k8s.io/v1alpha1')('CompositeController', 'compositecontrollers'),
  tenants: own('Tenant', 'tenants'),
  tenantNamespaces: own('TenantNamespace', 'tenantnamespaces'),
  classes: own('TenantClass', 'tenantclasses'),
  workloadPolicies: own('WorkloadPolicy', 'workloadpolicies')
}
