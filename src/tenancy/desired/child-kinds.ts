import { apiVersion } from '../../api/group.ts'
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts'

/** A kind of the objects that a Tenant owns. */
export interface ChildKind {
  apiVersion: string
  kind: string
  /** In the plural, as RBAC and URLs name it. */
  resource: string
  /** False: every Tenant has its objects for its whole life, so no response of the hook ever deletes one. */
  deletable: boolean
}

/** The kinds in each namespace of a Tenant, and the namespace. */
export const childKinds = [
  { apiVersion: 'v1', kind: 'Namespace', resource: 'namespaces', deletable: false },
  { apiVersion: 'v1', kind: 'LimitRange', resource: 'limitranges', deletable: true },
  { apiVersion: 'v1', kind: 'ResourceQuota', resource: 'resourcequotas', deletable: true },
  { apiVersion, kind: 'WorkloadPolicy', resource: 'workloadpolicies', deletable: false },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', resource: 'networkpolicies', deletable: true },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', resource: 'roles', deletable: true },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', resource: 'rolebindings', deletable: true }
] as const satisfies readonly ChildKind[]

/** A child of Tenants only: an entry of spec.namespaces, and the parent of its own namespace. */
export const tenantNamespaceKind = {
  apiVersion, kind: 'TenantNamespace', resource: 'tenantnamespaces', deletable: false
} as const satisfies ChildKind

/** The child kinds of each kind of parent. */
export const childKindsOf = { Tenant: [...childKinds, tenantNamespaceKind], TenantNamespace: childKinds } as const
export type ParentKind = keyof typeof childKindsOf

/** The child kind that quotas count under a name: `count/roles.rbac.authorization.k8s.io`, or `resourcequotas` alone. */
export function kindCountedAs (name: string): string | undefined {
  if (name === 'resourcequotas') return 'ResourceQuota'
  return kindByCount.get(name)
}

const kindByCount: ReadonlyMap<string, string> = new Map(childKinds.map(({ apiVersion, resource, kind }) =>
  [`count/${[resource, groupOf(apiVersion)].filter(part => part !== '').join('.')}`, kind]))

export const defaultDenyName = 'default-deny'
export const limitRangeName = 'tenant-limits'

/**
 * True for objects that must not be deleted to be recreated: a namespace holds the data, and the others isolate the
 * workloads that run meanwhile. Admission policies refuse their deletion by the engine.
 */
export function isNeverDeleted ({ kind, metadata }: KubernetesObject): boolean {
  return childKindsOf.Tenant.some(child => child.kind === kind && !child.deletable) ||
    (kind === 'NetworkPolicy' && metadata.name === defaultDenyName)
}
