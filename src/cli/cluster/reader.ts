import type { Place, Resource } from '../../kubernetes/api-request.ts'
import { apiVersion } from '../../api/group.ts'
import { readParties } from '../../check/parties.ts'
import type { Parties } from '../../guardrails/guardrail.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { unless } from './cluster-error.ts'
import type { Cluster } from './cluster.ts'

/** Reads for several checks, each list once. */
export interface Reader {
  cluster: Cluster
  list (resource: Resource, place?: Place): Promise<ObservedObject[]>
  /** Undefined where the API server does not serve the kind. */
  listServed (resource: Resource): Promise<ObservedObject[] | undefined>
  /** Those that the installed guardrails name. */
  parties (): Promise<Parties>
}

export function createReader (cluster: Cluster): Reader {
  const lists = new Map<string, Promise<ObservedObject[]>>()
  const list = async (resource: Resource, place: Place = {}) => {
    const key = JSON.stringify([resource, place])
    const known = lists.get(key) ?? cluster.list(resource, place)
    lists.set(key, known)
    return await known
  }
  const listServed = async (resource: Resource) => await unless<ObservedObject[] | undefined>(404, list(resource), () => undefined)
  let parties: Promise<Parties> | undefined
  return {
    cluster,
    list,
    listServed,
    parties: async () => {
      parties ??= listServed(resources.validatingPolicies).then(policies => readParties(policies ?? []))
      return await parties
    }
  }
}

const rbac = (kind: string, resource: string): Resource => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind, resource })
const admission = (kind: string, resource: string): Resource => ({ apiVersion: 'admissionregistration.k8s.io/v1', kind, resource })

/** What commands read. */
export const resources = {
  definitions: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', resource: 'customresourcedefinitions' },
  validatingPolicies: admission('ValidatingAdmissionPolicy', 'validatingadmissionpolicies'),
  validatingBindings: admission('ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings'),
  mutatingPolicies: admission('MutatingAdmissionPolicy', 'mutatingadmissionpolicies'),
  mutatingBindings: admission('MutatingAdmissionPolicyBinding', 'mutatingadmissionpolicybindings'),
  compositeControllers: { apiVersion: 'metacontroller.k8s.io/v1alpha1', kind: 'CompositeController', resource: 'compositecontrollers' },
  deployments: { apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments' },
  statefulSets: { apiVersion: 'apps/v1', kind: 'StatefulSet', resource: 'statefulsets' },
  daemonSets: { apiVersion: 'apps/v1', kind: 'DaemonSet', resource: 'daemonsets' },
  leases: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', resource: 'leases' },
  services: { apiVersion: 'v1', kind: 'Service', resource: 'services' },
  endpointSlices: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', resource: 'endpointslices' },
  pods: { apiVersion: 'v1', kind: 'Pod', resource: 'pods' },
  namespaces: { apiVersion: 'v1', kind: 'Namespace', resource: 'namespaces' },
  quotas: { apiVersion: 'v1', kind: 'ResourceQuota', resource: 'resourcequotas' },
  events: { apiVersion: 'v1', kind: 'Event', resource: 'events' },
  replicaSets: { apiVersion: 'apps/v1', kind: 'ReplicaSet', resource: 'replicasets' },
  jobs: { apiVersion: 'batch/v1', kind: 'Job', resource: 'jobs' },
  roles: rbac('Role', 'roles'),
  roleBindings: rbac('RoleBinding', 'rolebindings'),
  clusterRoles: rbac('ClusterRole', 'clusterroles'),
  clusterRoleBindings: rbac('ClusterRoleBinding', 'clusterrolebindings'),
  workloadPolicies: { apiVersion, kind: 'WorkloadPolicy', resource: 'workloadpolicies' },
  tenants: { apiVersion, kind: 'Tenant', resource: 'tenants' },
  tenantNamespaces: { apiVersion, kind: 'TenantNamespace', resource: 'tenantnamespaces' },
  classes: { apiVersion, kind: 'TenantClass', resource: 'tenantclasses' }
} as const satisfies Record<string, Resource>
