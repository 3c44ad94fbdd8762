import type { LimitRange, Namespace, ResourceQuota } from 'kubernetes-types/core/v1.js'
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.js'
import type { Role, RoleBinding } from 'kubernetes-types/rbac/v1.js'
import type { WorkloadPolicy } from '../../src/api/workload-policy.ts'
import type { KubeClient } from '../cluster/client.ts'
import type { KindRef } from '../cluster/kube-object.ts'

const namespaceKind = { apiVersion: 'v1', kind: 'Namespace' }
export const tenantKind = { apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant' }
export const roleKind = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role' }
export const quotaKind = { apiVersion: 'v1', kind: 'ResourceQuota' }

/** A namespace of a Tenant, with its objects. */
export interface NamespaceContent {
  namespace: Namespace
  roles: Role[]
  bindings: RoleBinding[]
  quotas: ResourceQuota[]
  limits: LimitRange[]
  workloads: WorkloadPolicy[]
  policies: NetworkPolicy[]
}

export async function readNamespace (client: KubeClient, name: string): Promise<NamespaceContent> {
  // A list of a kind only has objects of that kind, so their types are known.
  const list = async <T> (kind: KindRef): Promise<T[]> => (await client.list(kind, { namespace: name })).items as T[]
  const [namespace, roles, bindings, quotas, limits, workloads, policies] = await Promise.all([
    client.get({ ...namespaceKind, name }) as Promise<Namespace>,
    list<Role>(roleKind),
    list<RoleBinding>({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' }),
    list<ResourceQuota>(quotaKind),
    list<LimitRange>({ apiVersion: 'v1', kind: 'LimitRange' }),
    list<WorkloadPolicy>({ apiVersion: 'k8s-mtp.dev/v1', kind: 'WorkloadPolicy' }),
    list<NetworkPolicy>({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' })
  ])
  return { namespace, roles, bindings, quotas, limits, workloads, policies }
}
