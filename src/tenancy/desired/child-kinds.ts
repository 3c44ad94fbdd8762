import { apiVersion } from '../../api/group.ts'
import type { KubernetesObject } from '../../kubernetes/object.ts'

/** A kind of the objects that a Tenant owns. */
export interface ChildKind {
  apiVersion: string
  kind: string
  /** In the plural, as RBAC and URLs name it. */
  resource: string
  namespaced: boolean
  /** False: every Tenant has its objects for its whole life, so no response of the hook ever deletes one. */
  deletable: boolean
  /** Resource names under which quotas count its objects. */
  countedAs: readonly string[]
}

/** All kinds, each of which the CompositeController must list as a child resource. */
export const childKinds = [
  { apiVersion: 'v1', kind: 'Namespace', resource: 'namespaces', namespaced: false, deletable: false, countedAs: [] },
  { apiVersion: 'v1', kind: 'LimitRange', resource: 'limitranges', namespaced: true, deletable: true, countedAs: ['count/limitranges'] },
  { apiVersion: 'v1', kind: 'ResourceQuota', resource: 'resourcequotas', namespaced: true, deletable: true, countedAs: ['resourcequotas', 'count/resourcequotas'] },
  { apiVersion, kind: 'WorkloadPolicy', resource: 'workloadpolicies', namespaced: true, deletable: false, countedAs: ['count/workloadpolicies.k8s-mtp.dev'] },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', resource: 'networkpolicies', namespaced: true, deletable: true, countedAs: ['count/networkpolicies.networking.k8s.io'] },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', resource: 'roles', namespaced: true, deletable: true, countedAs: ['count/roles.rbac.authorization.k8s.io'] },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', resource: 'rolebindings', namespaced: true, deletable: true, countedAs: ['count/rolebindings.rbac.authorization.k8s.io'] }
] as const satisfies readonly ChildKind[]

export const defaultDenyName = 'default-deny'

/**
 * True for objects that must not be deleted to be recreated: a namespace holds the data, and the others isolate the
 * workloads that run meanwhile. Admission policies refuse their deletion by the engine.
 */
export function isNeverDeleted ({ kind, metadata }: KubernetesObject): boolean {
  return childKinds.some(child => child.kind === kind && !child.deletable) ||
    (kind === 'NetworkPolicy' && metadata.name === defaultDenyName)
}
