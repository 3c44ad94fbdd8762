import { apiVersion } from '../../api/group.ts'

/** Kinds of the objects that a Tenant owns, in the order of design: each must be a child resource of the CompositeController. */
export const childKinds = [
  { apiVersion: 'v1', kind: 'Namespace', resource: 'namespaces' },
  { apiVersion: 'v1', kind: 'LimitRange', resource: 'limitranges' },
  { apiVersion: 'v1', kind: 'ResourceQuota', resource: 'resourcequotas' },
  { apiVersion, kind: 'WorkloadPolicy', resource: 'workloadpolicies' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', resource: 'networkpolicies' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', resource: 'roles' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', resource: 'rolebindings' }
] as const

/** How Metacontroller names a kind in its maps: `Role.rbac.authorization.k8s.io/v1`, `Namespace.v1`. */
export function kindKey ({ apiVersion, kind }: { apiVersion: string, kind: string }): string {
  return `${kind}.${apiVersion}`
}

export const namespaceKey = kindKey({ apiVersion: 'v1', kind: 'Namespace' })
export const tenantClassKey = kindKey({ apiVersion, kind: 'TenantClass' })
